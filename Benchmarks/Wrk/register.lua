local catalogue = require("catalogue")
local number = 0

function request()
  number = number + 1
  local body = catalogue.registration(number % catalogue.instances, catalogue.run .. number)
  return wrk.format("PUT", "/v1/catalog/register", nil, body)
end
