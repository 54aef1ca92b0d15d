local catalogue = require("catalogue")
local number = 0

function request()
  number = number + 1
  return wrk.format("PUT", "/v1/kv/bench/" .. number % 1000, nil, catalogue.run .. " " .. number .. string.rep("x", 80))
end
