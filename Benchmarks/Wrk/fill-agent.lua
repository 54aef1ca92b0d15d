-- Instances of the agent itself, each with a check that wants heartbeats.
local number = 0
local form = '{"Name":"beating","ID":"beating-%d","Port":80,"Check":{"TTL":"1h","Status":"passing"}}'

function request()
  number = number + 1
  return wrk.format("PUT", "/v1/agent/service/register", nil, string.format(form, number % 100))
end
