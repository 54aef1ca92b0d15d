-- The catalogue of the peers that speak Consul's HTTP API: 200 services of 25 instances, on 25 nodes. Weft holds this
-- beside the one that it is given over RPC.
local catalogue = { services = 200, instances = 5000, nodes = 25 }

local form = '{"Node":"bench-%d","Address":"10.0.0.1","SkipNodeUpdate":true,"Service":{"ID":"instance-%d",'
  .. '"Service":"http-service-%d","Port":8080,"Address":"10.0.0.1","Tags":["primary","zone-a"],'
  .. '"Meta":{"build":"b%s","team":"search"}}}'

-- A registration of an instance that differs from the one before.
function catalogue.registration(instance, build)
  local service = instance % catalogue.services
  return string.format(form, math.floor(instance / catalogue.services), instance, service, build)
end

-- Begins anew in each run, so that no run repeats what another wrote.
catalogue.run = tostring(os.time())

return catalogue
