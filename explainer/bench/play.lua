-- Plays requests that are written out in a file, in order; each thread takes every n-th.
-- wrk calls these functions by their names.

local MARK = "\30" -- ends a request in the file

local started = 0

function setup(thread)
  thread:set("place", started)
  started = started + 1
end

function init(args)
  requests, step = {}, tonumber(args[2])
  local file = assert(io.open(args[1], "rb"))
  for one in file:read("*a"):gmatch("([^" .. MARK .. "]+)" .. MARK) do
    requests[#requests + 1] = one
  end
  file:close()
end

function request()
  local one = requests[place % #requests + 1]
  place = place + step
  return one
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'played {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "broken": %d, "refused": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status
  ))
end
