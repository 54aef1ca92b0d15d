local catalogue = require("catalogue")
local number = 0

function request()
  number = number + 1
  local body = catalogue.registration(number % catalogue.instances, "0")
  return wrk.format("PUT", "/v1/catalog/register", nil, (body:gsub('"SkipNodeUpdate":true,', "")))
end
