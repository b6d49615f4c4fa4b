-- SPDX-License-Identifier: Apache-2.0
-- wrk's side of the load: which request comes next. Started by `run`:
--
--     wrk ... -s load.lua https://127.0.0.1:PORT -- REQUESTS PREFIX NUMBER
--
-- REQUESTS is a file, a line a request: token, community, method, path and body, with tabs between. In the body {key}
-- stands for a new key, PREFIX and a counter, {number} for a new number from NUMBER on, and {hash} for 32 bytes in no
-- order, as hexadecimal. Says at the end:
--
--     requests=N errors=N p50_us=N p99_us=N seconds=S
local lines, asked, prefix, number = {}, 0, nil, nil
local threads = {}
refused = 0 -- answers of GraphQL that say 200 and mean otherwise; global, for thread:get

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  prefix, number = args[2], tonumber(args[3])
  for line in io.lines(args[1]) do
    lines[#lines + 1] = line
  end
  if lines[1]:find('\t/graphql\t', 1, true) then
    response = function(status, _, body)
      if status ~= 200 or body:find('"errors"', 1, true) then
        refused = refused + 1
      end
    end
  end
end

function request()
  local token, community, method, path, body = lines[asked % #lines + 1]:match('^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$')
  asked = asked + 1
  if body:find('{', 2, true) then
    local mixed = (number + asked) * 2654435761 % 2 ^ 32 -- hashes come in no order
    body = body:gsub('{key}', string.format('%s-%012x', prefix, asked)):gsub('{number}', number + asked)
      :gsub('{hash}', string.format('%08x%s%036x', mixed, (prefix:gsub('-', '')), asked))
  end
  return wrk.format(method, path, { ['Authorization'] = 'Bearer ' .. token, ['X-Community'] = community,
    ['Content-Type'] = 'application/json' }, body ~= '' and body or nil)
end

function done(summary, latency)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
    summary.errors.timeout
  for _, thread in ipairs(threads) do
    errors = errors + thread:get('refused')
  end
  print(string.format('requests=%d errors=%d p50_us=%d p99_us=%d seconds=%.3f', summary.requests, errors,
    latency:percentile(50), latency:percentile(99), summary.duration / 1e6))
end
