local catalogue = require("catalogue")
local number = 0

function request()
  number = number + 1
  return wrk.format("GET", "/v1/health/service/http-service-" .. number % catalogue.services .. "?passing")
end
