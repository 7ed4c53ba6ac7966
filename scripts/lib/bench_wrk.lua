-- One line of wrk's figures: requests, seconds, p50, p99, longest (ms), errors.
done = function(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("bench %d %.6f %.3f %.3f %.3f %d\n",
        summary.requests, summary.duration / 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        latency.max / 1000,
        e.connect + e.read + e.write + e.status + e.timeout))
end
