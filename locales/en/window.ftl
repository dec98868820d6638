# Words of the window. Names of checks, what they find and the report have files of their own.

## Everywhere

window-spine = The path from this computer to the service
window-owner-home = Your side
window-owner-provider = Your provider
window-owner-beyond = Beyond your provider
window-steps = Steps of the visit
window-language = Language
window-simulated = Simulated home
window-now = now
window-done = done
window-to-do = to do
window-seconds = { $count } s
window-minutes = { $count } min
window-kilobytes = { $count } kB
window-megabytes = { $count } MB
window-gigabytes = { $count } GB
window-percent = { $percent } %
window-ms = { NUMBER($ms, maximumFractionDigits: 1) } ms
window-mbps = { NUMBER($mbps, maximumFractionDigits: 1) } Mbit/s
window-of = { $count } of { $total }
window-likelihood-very = very likely ({ $percent } %)
window-likelihood-likely = likely ({ $percent } %)
window-likelihood-rather = more likely than anything else ({ $percent } %)
window-likelihood-possible = possible ({ $percent } %)
window-at-most = up to { $time }, { $data }
window-cost = Takes up to { $time } and up to { $data } of data.

part-computer = This computer
part-home-link = Home link
part-router = Router
part-line = Line
part-provider = Provider
part-networks = Other networks
part-service = Service
part-figure = { $median } ms, { $loss } % lost

state-not-yet = not yet
state-testing = testing
state-clear = clear
state-suspicious = suspicious
state-fault = at fault
state-noted = noted
state-not-measurable = not measurable
state-not-applicable = not in use

party-home = Your side
party-provider = Your provider’s side
party-beyond = Beyond your provider
party-healthy = Nothing at fault
party-undetermined = Undecided

## Welcome

window-welcome = Welcome
window-welcome-title = Find out which side of the line the fault is on
window-welcome-lead = Demarc measures the path to the service part by part and shows whose part is at fault. Nothing is sent before you start, and the results stay on this computer.
window-optional = You can skip every question.
window-ask-symptom = What goes wrong?
window-clear-choice = Clear
symptom-buffering = Videos stop and load
symptom-slow = Everything is slow
symptom-drops = The connection drops
symptom-offline = Nothing works
symptom-lag = Calls and games stutter
window-ask-service = With what?
window-service-help = A web address or host name.
window-wrong-host = This is not an address. Example: video.example.org
window-ask-plan = What does your contract promise?
window-plan-down = Down
window-plan-up = Up
window-wrong-rate = Only a number fits here. Example: 100
window-ask-profile = How thorough?
profile-quick = Quick
profile-standard = Standard
profile-thorough = Thorough
window-ask-load = Allow tests that fill the line.
window-load-help = Some faults show only then. You are asked again before each one.
window-contacts = What a visit talks to
window-contacts-lead = Besides your router, your name servers and the routers on the way:
window-household = Simulated home
window-simulate = Try it on a simulated home
window-start = Start

## Steps

step-device = This computer
step-device-lead = Settings and load of this computer that can look like a bad line.
step-device-absent = There is nothing to look at here.
step-wiring = Cable
step-wiring-lead = The cable between this computer and the router.
step-wiring-absent = This computer does not reach its router by cable.
step-wifi = Wi-Fi
step-wifi-lead = The radio link between this computer and the router.
step-wifi-absent = This computer does not reach its router by Wi-Fi.
step-router = Router
step-router-lead = The box that connects your home, up to where the line begins.
step-router-absent = There is no router to look at.
step-path = Line and beyond
step-path-lead = The line, your provider’s network, other networks and the service, measured at the same time.
step-path-absent = There is no path to measure.

question-symptom = What goes wrong?
question-symptom-buffering = { symptom-buffering }
question-symptom-slow = { symptom-slow }
question-symptom-drops = { symptom-drops }
question-symptom-offline = { symptom-offline }
question-symptom-lag = { symptom-lag }
question-router-owner = Whose router is it?
question-router-owner-provider = The provider’s
question-router-owner-mine = My own
question-router-owner-unknown = I do not know
question-load = May the line be filled now?
question-load-why = Some faults show only while the line is busy. Everything else in your home will be slow meanwhile.
question-load-yes = Fill the line
question-load-no = Leave it out
question-cable-test = May the network adapter test the wires of the cable?
question-cable-test-why = The cable looks damaged. The test tells which wire is broken and how far away. The connection is down for up to ten seconds meanwhile.
question-cable-test-no = Leave it out
question-cable-test-yes = Test the wires
question-found-fault = This step shows something. Do you want to change it first?
question-found-fault-why = What is wrong here can hide or imitate trouble further on.
question-found-fault-check-again = I changed something, check again
question-found-fault-continue = Go on as it is

window-checks = Checks
window-why = Why it matters
window-seen = What was seen
window-nothing-seen = Nothing worth telling.
window-good = What good would be
window-says-accuses = points at a fault
window-says-clears = clears
window-says-notes = noted
window-raw = Raw data
window-raw-later = The raw data is here once the visit has ended.
window-observation = { $id }: { $kind } at { $at }, { $ms } ms, { $outcome }
window-outcome-measured = measured
window-outcome-not-applicable = does not apply
window-outcome-blocked = not allowed
window-outcome-failed = failed
window-more = … and { $count } more
window-live = Measuring …
window-live-latency = { $name }: { NUMBER($ms, maximumFractionDigits: 1) } ms, { $lost } lost
window-live-rate = { NUMBER($mbps, maximumFractionDigits: 1) } Mbit/s
window-live-hops =
    { $count ->
        [one] { $count } hop answered
       *[other] { $count } hops answered
    }

window-cancel = Stop
window-progress = Progress of the visit
window-remaining = At most { $time } and { $data } to go
window-follow = Go to { $step }
window-now-measuring = Now measuring: { $step }
window-stopped = Stopped
window-stopped-lead = What was measured stays. You can go on where the visit stopped, or end it with what is known.
window-resume = Go on
window-conclude = End here
window-check-again = I changed something, check again
window-see-result = See the result

## Charts

window-chart-latency = Round-trip time; ticks under the line are lost packets
window-chart-rate = Rate of the transfers
window-chart-router = router
window-chart-provider = provider
window-chart-service = service
window-chart-figure = { NUMBER($ms, maximumFractionDigits: 1) } ms, { NUMBER($percent, maximumFractionDigits: 1) } %
window-chart-line = { $name }: { NUMBER($ms, maximumFractionDigits: 1) } ms in the middle, { $lost } of { $sent } lost.
window-chart-rate-line = { $name }: { NUMBER($mbps, maximumFractionDigits: 1) } Mbit/s on average.
window-chart-table = Show as a table
window-load-down = download
window-load-up = upload
window-column-place = Place
window-column-median = Middle time
window-column-slowest = Slowest
window-column-lost = Lost
window-column-transfer = Transfer
window-column-mean = Average
window-probe-echo = echo
window-probe-hop-limited = expiring packets
window-probe-tcp-connect = TCP
window-position-gateway = Router
window-position-first-hop = First hop behind the line
window-position-border-near = Provider’s border
window-position-border-far = Next network
window-position-on-net = Inside the provider
window-position-other-network = Another network
window-position-service = Service

## Result

window-result = Result
window-first = Do this first
window-reasons = Why
window-no-reasons = Nothing speaks for it by itself: nothing else is left.
window-against = What speaks against it
window-nothing-against = Nothing that was measured.
window-then = After that
window-considered = Every explanation considered
window-segment-device = This computer
window-segment-wiring = The cable
window-segment-wifi = The Wi-Fi
window-segment-router = The router
window-segment-access = The line
window-segment-isp = The provider’s network
window-segment-interconnect = Networks between provider and service
window-segment-service = The service
window-segment-none = Nothing at fault
window-strength-strong = weighs much
window-strength-clear = weighs something
window-strength-slight = weighs little
window-share = Save or share
window-new = New visit
window-undecided-lead = Several explanations fit what was measured. This is what is known, and the test that would tell them apart.
window-deciding = This would decide
window-did-it = I did this, check again
window-left = What is left
window-ruled-out = What is ruled out
window-nothing-ruled-out = Nothing yet.
window-known = What was seen

## Report

window-report = Report
window-report-title = Save what was found
window-report-lead = One file with the answer, the reasons, the tables and the charts. It leaves this computer only if you send it.
window-report-for = For whom?
window-redact-support = For your provider’s support
window-redact-support-why = Keeps public addresses. Names and addresses inside your home and hardware addresses are replaced.
window-redact-public = For a forum or anyone
window-redact-public-why = All addresses and the names inside your home are replaced.
window-redact-none = For yourself
window-redact-none-why = Everything, as it was measured.
window-report-as = As what?
window-format-pdf = PDF
window-format-pdf-why = To send or print; the record is attached inside.
window-format-html = Web page
window-format-html-why = One file that opens in any browser.
window-format-text = Plain text
window-format-text-why = To paste into a ticket.
window-format-json = JSON
window-format-json-why = The record itself, for programs.
window-save = Save …
window-saved = Saved as
window-not-official = This is not an official proof: in some countries only the regulator’s own tool counts.
window-save-failed = The report could not be saved as { $path } ({ $reason }). Choose another folder.

## What goes wrong in the window itself

window-failed = This did not work: { $reason }.
window-no-visit = There is no visit yet. Start one first.
window-no-household = There is no simulated home called { $name }. Choose another one.

# The signal while walking around.
window-walk-title = Walk around with the signal
window-walk-lead = Stand by the router, then where it is slow. The number follows you; nearer to 0 is stronger.
window-walk-start = Show the signal
window-walk-stop = Stop showing it
window-walk-lost = No connection here.
window-walk-word = { $strength ->
    [good] good
    [fair] fair
   *[weak] weak
}
window-walk-now = { $signal } dBm: { $word }
window-walk-near = Mark “by the router”
window-walk-slow = Mark “where it is slow”
window-walk-marked-near = By the router
window-walk-marked-slow = Where it is slow
window-walk-compare = By the router { $near } dBm, where it is slow { $slow } dBm: { $apart ->
    [far] the signal is what differs. Move the router nearer, or add an access point in between.
    [weak] the signal is weak in both places. Look at where the router stands, and at what stands in front of it.
   *[alike] the signal is good in both places, so the distance is not the reason.
}
window-walk-table = Signal of the last seconds
window-walk-column-time = Seconds ago
window-walk-column-signal = Signal, dBm

# The modem's own page.
window-modem-title = Add your modem’s status page
window-modem-lead = Open your modem’s or router’s page in a browser, find the table with power levels, signal-to-noise ratios or DSL values, copy it and paste it here, or save the page and open the file. Only the values are kept.
window-modem-text = Copied table or page
window-modem-read = Read it
window-modem-file = Or open a saved page:
window-modem-too-long = This file is longer than 1 MiB. Save the page with the table alone.
window-modem-held = The values are part of the visit now.
window-modem-empty = No values of a modem that are known here were found. Copy the whole table, its headings included.
