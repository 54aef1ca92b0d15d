local number = 0

function request()
  number = number + 1
  return wrk.format("PUT", "/v1/agent/check/pass/service:beating-" .. number % 100)
end
