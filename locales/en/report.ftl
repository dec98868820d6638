# Words of the report, in the order of its pages.

report-title = Demarc report of { $date }
report-kicker = Whose side is the fault on?
report-footer = Demarc { $version } · { $date } · not an official proof
report-page = Page
report-warning-simulated = This is a simulated home, not a real network: { $household }.
report-warning-incomplete = The visit was stopped before every check had run: what was not measured is not cleared.

# Parts of the path; their other names, states and parties are the window's.
report-part-wifi = Wi-Fi
report-part-cable = Cable
report-demarc = the demarc
report-spine-alt = The path from this computer to the service, part by part. Your side ends at the router; the line and the provider’s network are the provider’s; other networks and the service are beyond.
report-spine-caption = Figures are round trips from this computer to each part: the middle time and the share of probes lost on the way.
report-value-ms = { $value } ms
report-value-lost = { $percent } % lost
report-value-dbm = { $value } dBm
report-value-mbps = { $value } Mbit/s

report-nothing-at-fault = Nothing at fault
report-besides = Besides: { $fault }

# The verdict page.
report-very-likely = Very likely ({ $percent } %)
report-likely = Likely ({ $percent } %)
report-rather-likely = More likely than anything else ({ $percent } %), not certain
report-undecided = Undecided between: { $places }
report-undecided-one = Undecided; likeliest: { $place }
report-undecided-open = Undecided
report-reasons = What speaks for it
report-reasons-none = Nothing was measured that speaks for it by itself.
report-against = What speaks against it
report-against-none = Nothing that was measured.
report-ruled-out = What could be ruled out
report-ruled-out-none = Nothing.
report-left = What points at a fault
report-left-none = Nothing that was measured.
report-next = What to do next
report-next-none = Nothing: repeat the visit while the trouble is there.
report-decides = { $action } (Decides between: { $places }.)
report-candidates = What it could be
report-column-explanation = Explanation
report-column-probability = Probability

# The page for the support agent.
report-facts = For the support agent
report-field-trouble = Trouble with
report-field-when = Measured
report-field-link = Connected by
report-field-address = This computer
report-field-gateway = Router
report-field-resolvers = Name servers
report-field-targets = Measured towards
report-field-promised = Contract
report-field-system = System
report-field-profile = Program
report-field-redaction = Left out
report-duration =
    { $minutes ->
        [0] { $seconds } s
       *[other] { $minutes } min { $seconds } s
    }
report-promised-down = { $mbps } Mbit/s down
report-promised-up = { $mbps } Mbit/s up
report-program = Demarc { $version }, profile: { $profile }
report-redaction-none = Nothing
report-redaction-support = Names and addresses inside the home, hardware addresses, program names (stand-ins are shown)
report-redaction-public = All addresses, names inside the home, program names (stand-ins are shown)
report-link-wifi = Wi-Fi ({ $interface })
report-link-wired = Cable ({ $interface })
report-link-tunnel = VPN or tunnel ({ $interface })
report-link-mobile = Mobile broadband ({ $interface })
report-link-other = { $interface }
report-wifi-ssid = network { $value }
report-wifi-bssid = access point { $value }
report-wifi-signal = { $value } dBm
report-wifi-frequency = { $value } MHz
report-wifi-width = { $value } MHz wide
report-wifi-rates = { $receive } Mbit/s down and { $send } Mbit/s up over the air
report-duplex-full = full duplex
report-duplex-half = half duplex
report-answered = Asked and answered
report-question-answer = { $question } { $answer }
report-not-done = Not measured

# Evidence.
report-evidence = Evidence
report-column-seen = What was seen
report-column-check = Check
report-column-says = Says
report-column-about = About
report-column-weight = Weight
report-says-accuses = accuses
report-says-clears = clears
report-says-notes = notes
report-weight-note = Weight: the natural logarithm of the odds by which a finding moved its part of the path. +2.3 makes a fault there ten times as likely, −2.3 a tenth as likely.
report-also-seen = Also seen, without weight in the verdict

# The path.
report-path = The path, measured at the same time
report-position-gateway = Router
report-position-first-hop = Provider, first hop
report-position-border-near = Provider, border
report-position-border-far = Behind the border
report-position-on-net = Inside the provider
report-position-other-network = Other network
report-position-service = Service
report-unit-ms = ms
report-unit-s = s
report-unit-mbps = Mbit/s
report-lost = lost
report-load-down = loaded, down
report-load-up = loaded, up
report-latency-caption = Round-trip time over { $seconds } s from { $at }; marks below are probes without an answer
report-latency-alt = Round-trip times over time.
report-latency-alt-lane = { $name }: median { $median } ms, 90th percentile { $p90 } ms, { $lost } of { $sent } lost
report-loss-caption = Loss with its 95 % interval
report-loss-alt = Loss of each place.
report-loss-none = 0 %
report-loss-all = { $percent } %, all
report-loss-share = { $percent } %, 1 in { $one-in }
report-loss-most = { $percent } %
report-throughput-caption = Rate from the start of the first transfer
report-throughput-alt = Rates over time.
report-direction-down = Down
report-direction-up = Up
report-promised = contract
report-probe-hop = hop { $ttl }
report-probe-tcp = TCP { $port }
report-column-place = Place
report-column-address = Address
report-column-sent = Sent
report-column-lost = Lost
report-column-loss = Loss
report-column-median = Median, ms
report-column-p90 = P90, ms
report-column-jitter = Jitter, ms
report-column-loaded = P90 loaded, ms
report-lanes-caption = All places, probed together for { $seconds } s from { $at }
report-lanes-note = Median, P90 (nine in ten were faster) and jitter are those of the times without load from this visit.
report-silence-note = * Places behind this one lost clearly less, so this router probably just answers rarely.
report-transfers-caption = Transfers
report-column-direction = Direction
report-column-peer = Peer
report-column-rate = Mbit/s
report-column-megabytes = MB
report-column-seconds = Seconds
report-column-failure = Trouble

# Traces.
report-traces = The way there
report-trace-caption = Hops to { $destination }
report-trace-caption-not-reached = Hops to { $destination }, which did not answer
report-column-hop = Hop
report-column-answers = Answers
report-column-lost-on-the-way = Lost on the way
report-column-remark = Remark
report-silent = silent
report-hop-does-not-matter = Slower or more silent than hops behind it: does not matter
report-hop-last = Nothing answered from here on

# Names and services.
report-services = Services and names
report-fetches-caption = Requests by stage
report-queries-caption = Name servers
report-column-page = Page
report-column-family = Family
report-column-name-ms = Name, ms
report-column-connect-ms = TCP, ms
report-column-tls-ms = TLS, ms
report-column-first-byte-ms = First byte, ms
report-column-result = Result
report-column-name = Name
report-column-record = Record
report-column-asked = Asked
report-resolver-system = this computer’s own
report-stage-name = name not found
report-stage-connect = no connection
report-stage-tls = no secure connection
report-stage-http = no answer

# Method.
report-method = Method and its limits
report-method-how = Demarc probes the router, the provider’s first hop, its border, responders in other networks and the service at the same time. What the router shows, everything behind it shows too; loss or delay is put where it begins and counts only where it goes on to the end of the path.
report-method-confidence = Every explanation is weighed against all the evidence. The confidence is a computed probability: it is not yet calibrated on real homes.
report-method-one-end = Everything was measured from one computer. A round trip does not tell its two directions apart: “between here and there” is as exact as one end can say.
report-method-silence = Routers may answer slowly or not at all while they forward faultlessly. A single slow or silent hop is therefore never taken for a fault.
report-method-samples = A visit shows the time in which it was made. No loss in 300 probes rules out a loss of more than 1 %, no loss in 100 one of more than 3 % (95 % confidence).
report-method-proof = This is not an official proof. Where the contract or the law asks for one, the regulator’s own tool has to be used.

# Appendix.
report-observations = Everything that was asked
report-column-time = Time
report-column-request = Asked
report-column-outcome = Outcome
report-column-took = Took, ms
report-outcome-measured = measured
report-outcome-not-applicable = does not apply
report-outcome-blocked = not allowed
report-outcome-failed = failed
report-rows-left-out = { $count } more rows are in the attached data.
report-attachment = The record of this visit, for programs
report-request-network = Interfaces, addresses and routes
report-request-resolvers = Name server settings
report-request-proxy = Proxy settings
report-request-hosts-file = Hosts file: { $about }
report-request-host = Load of this computer
report-request-clock = Time of { $about }
report-request-lease = Loan of the address of { $about }
report-request-link = Link state of { $about }
report-request-wifi = Wi-Fi state of { $about }
report-request-wifi-neighbours = Networks around { $about }
report-request-wifi-watch = Wi-Fi of { $about } over a while
report-request-dns = Name { $about }
report-request-dns-version = Version of the name server, { $about }
report-request-fetch = Page { $about }
report-request-path-mtu = Largest packet to { $about }
report-request-trace = Hops to { $about }
report-request-wan-traffic = Traffic by the router's own counters
report-request-router = What the router says
report-request-stun = Own address as { $about } sees it
report-request-modem-page = The modem’s page that was given
report-request-cable-test = Test of the wires on { $about }
report-request-dhcp-servers = DHCP servers on { $about }
report-request-address-owners = Other owners of { $about }
report-request-campaign =
    { $places ->
        [one] { $places } place for { $seconds } s
       *[other] { $places } places for { $seconds } s
    }
report-request-campaign-loaded = { $places } places for { $seconds } s, the line loaded in between
