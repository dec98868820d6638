# What the checks ask and find. `check-<id>` is a check’s name, `-why` why it matters, `-good` what good would be.

check-addresses = Address and way out
check-addresses-why = Without an address and a default route this computer can reach nothing beyond itself.
check-addresses-good = An address from your router, and a default route to it.
addresses-clear = This computer has the address { $address } and reaches out through { $gateway }.
addresses-none = This computer has no address on any network.
addresses-link-local = This computer gave itself an address (169.254…) because no router handed one out.
addresses-no-default-route = This computer has an address but no default route, so nothing beyond the home can be reached.
addresses-worse-link = This computer sends everything over { $kind ->
    [wifi] Wi-Fi
   *[mobile] mobile broadband
} ({ $used }, metric { $metric }), though { $better-kind ->
    [wired] a cable is
   *[wifi] Wi-Fi is
} connected too ({ $better }, metric { $better-metric }). The lower metric is preferred.
addresses-several-gateways = This computer knows several routers: { $list }. It sends through { $used }.
addresses-ipv6-prefix = This computer has IPv6 too, in the network { $prefix }.
addresses-ipv6-no-prefix = This computer knows a way out over IPv6 but has no public IPv6 address: the provider lends the home none, the router hands none out, or this computer takes none. IPv4 goes on without it.
addresses-ipv6-no-way-out = This computer has the public IPv6 address { $address }, but knows no way out over IPv6. IPv4 goes on without it.
addresses-gateway-off-subnet = The way out, { $gateway }, is not in this computer’s own network, so it cannot be reached.

check-lease = The address on loan
check-lease-why = A router lends addresses for a while. If it stops renewing them, this computer works until the loan ends and then drops off the network.
check-lease-good = A loan that was renewed on time, from the router itself.
lease-unknown = Without the list of interfaces nobody knows whose address to look at.
lease-no-route = Without a default route no address matters yet.
lease-current = { $server } lent this computer the address { $address } for { $lasts } hours; { $left } hours are left.
lease-current-kernel = The address { $address } is lent to this computer for another { $left } hours.
lease-end-unknown = { $server } lent this computer the address { $address }; this system does not tell for how long.
lease-by-hand = The address { $address } does not end: it was set by hand, or by a program that does not tell.
lease-over = The loan of the address { $address } is over, and the router has not renewed it. It may be given to another device at any time.
lease-not-renewed = The loan of the address { $address } ends in { $left } hours and should have been renewed by now: { $server } may not be answering.
lease-short = Addresses are lent for { $lasts } hours only. If the router restarts, this computer soon loses its address.
lease-other-server = { $server } lent this computer its address, not the router { $gateway }. That is as it should be if you set it up so.

check-address-conflicts = Nobody else interferes with addresses
check-address-conflicts-why = A second device that hands out addresses, or one that uses this computer’s own, makes connections fail now and then.
check-address-conflicts-good = One device hands out addresses, and nobody else answers for this computer’s.
address-conflicts-no-route = Without a default route there is no network to ask.
address-conflicts-no-neighbours = There are no neighbours on { $interface } that could use the same address.
address-conflicts-no-ipv4 = This computer has no IPv4 address that another could use too.
address-conflicts-taken = Another device ({ $other }) answers for this computer’s address { $address }.
address-conflicts-free = Nobody else answers for this computer’s address { $address }.
address-conflicts-gateway-shared = Two devices answer for the router’s address { $address }: { $one } and { $other }. Unless you have a second router or an extender that is meant to, one of them takes what is meant for the other.
address-conflicts-one-server = One device hands out addresses: { $server }.
address-conflicts-other-router = { $server } hands out addresses and names { $router } as the way out, which is not the one this computer uses.
address-conflicts-stranger = { $servers } devices hand out addresses. One of them, { $server }, names { $router } as the way out, which is not your router.
address-conflicts-several = { $servers } devices hand out addresses: { $list }. One is enough.

check-cross-traffic = Other devices at home
check-cross-traffic-why = Another device that fills the line makes everything wait, and looks like a crowded line from here. The router counts what all devices send and receive.
check-cross-traffic-good = Other devices use less than 0.2 Mbit/s.
cross-traffic-not-told = The router did not tell how much all devices use the line together, so other devices at home could not be ruled out.
cross-traffic-hidden = This computer was exchanging so much with a machine at home that other devices’ part of the line does not show.
cross-traffic-quiet = Other devices at home are quiet: they receive { $down } Mbit/s and send { $up } Mbit/s; below 0.2 Mbit/s is quiet.
cross-traffic-some = Other devices at home receive { $down } Mbit/s and send { $up } Mbit/s; below 0.2 Mbit/s is quiet.
cross-traffic-much = Other devices at home receive { $down } Mbit/s and send { $up } Mbit/s, enough to slow down everything else.

check-gateway = The router answers
check-gateway-why = Everything this computer sends goes through the router. If the way to it is slow or loses packets, nothing behind it can be better.
check-gateway-good = No packet lost; a median below 5 ms, and nine of ten answers below 20 ms.
gateway-unknown = No router is known, because this computer has no default route.
gateway-silent = The router { $gateway } answered none of { $sent } echo requests.
gateway-answers = The router { $gateway } answers.

check-trace = The way packets take
check-trace-why = The routers on the way tell where your provider’s network begins and ends.
check-trace-good = The way reaches its destination. Single routers that stay silent on it are normal.
trace-loop = On the way to { $destination } packets go in circles around { $hop }.
trace-reached = { $destination } is reached after { $hops } hops.
trace-ends = The last router that answered on the way to { $destination } is { $hop }.
trace-nothing = No router answered on the way to { $destination }.
nat-second-hop-home = Behind your router stands { $address }, an address of home networks: a second router. Games, calls and connections from outside suffer from two in a row; pages and video do not.
nat-second-hop-private = Behind your router stands { $address }, a private address: a second router at home, or part of your provider’s network. A second router would impair games, calls and connections from outside, not pages and video.
nat-second-hop-shared = Behind your router stands { $address }, from a range with which providers share one address between households. Games, calls and connections from outside suffer from that; pages and video do not.
nat-second-hop-public = Behind your router stands { $address }, an address of the internet, so no second router translates addresses.
nat-second-hop-odd = Behind your router stands { $address }, an address that no router should answer with.
nat-line-address-private = On the line your router has { $address }, a private address: another router stands before it. Games, calls and connections from outside suffer from two in a row; pages and video do not.
nat-line-address-maybe = On the line your router has { $address }, a private address: another router at home stands before it, or your provider uses such addresses inside its network. A second router would impair games, calls and connections from outside, not pages and video.
nat-line-address-shared = On the line your router has { $address }, an address that your provider shares between households. Games, calls and connections from outside suffer from that; pages and video do not.
nat-line-address-no-second-router = On the line your router has { $address }, which no second router at home hands out.
nat-line-address-public = On the line your router has an address of the internet, { $address }, so nothing else translates addresses.

check-outages = Outages during the visit
check-outages-why = A router that restarts, a loose cable or a line that drops silences everything for seconds. What fell silent together, and what changed meanwhile, tells which it was.
check-outages-good = No silence of two seconds or more.
outages-no-link = Which link this computer uses could not be read.
outages-none = Nothing fell silent for two seconds or more.
outages-cable-held = The cable kept its signal all the time.
outages-router = For { $seconds } s in all neither the router nor anything behind it answered.
outages-router-cable-held = For { $seconds } s in all neither the router nor anything behind it answered, while the cable kept its signal.
outages-router-wifi-held = For { $seconds } s in all neither the router nor anything behind it answered, while the Wi-Fi stayed connected.
outages-router-then-line = For { $seconds } s in all neither the router nor anything behind it answered; the router came back first and the line later, as after a restart.
outages-cable-dropped = For { $seconds } s in all nothing answered, and the cable lost its signal meanwhile.
outages-cable-dropped-unseen = The cable lost its signal during the visit.
outages-wifi-dropped = For { $seconds } s in all nothing answered, and the Wi-Fi connection was lost and made anew meanwhile.
outages-wifi-maybe = A Wi-Fi that stays connected may still fall silent for { $seconds } s.
outages-line = For { $seconds } s in all nothing behind the router answered, while the router itself did.

check-path-mtu = Packet size on the way
check-path-mtu-why = If large packets vanish on the way and nobody says so, connections open and then hang.
check-path-mtu-good = Packets as large as this computer sends them arrive, or a router says which size fits.
path-mtu-clear = Packets of { $passed } bytes reach { $destination } whole.
path-mtu-told = On the way to { $destination } packets of up to { $passed } bytes fit; the network said so, and programs adapt.
path-mtu-vanishing = Packets of { $passed } bytes reach { $destination }, but { $tried } bytes vanish behind the router without a word.
path-mtu-vanishing-and-stalling = Packets of { $passed } bytes reach { $destination }, but { $tried } bytes vanish behind the router without a word, and a page hung right after the connection was made.
path-mtu-one-way = Packets of { $passed } bytes reach { $destination }, but { $tried } bytes vanish; to other places large packets pass, so it is on the way to this one, or this one refuses them.
path-mtu-before-the-router = Packets of { $tried } bytes vanish already on the way to the router.

check-path = The whole path at once
check-path-why = The router, your provider, other networks and the service are probed at the same moment. What an early place shows, every later one must show too; so the first place from which trouble lasts is where it sits.
check-path-good = Less than 1 packet in 100 lost everywhere, and steady times.
path-no-route = There is no way out of this computer’s network, so nothing behind the router can be probed.
path-no-addresses = No address to probe is known, because names do not resolve and no anchor is configured by address.
path-router-forwards = Packets get through the router.
path-line-carries = Your provider answers, so the line carries packets.
path-provider-carries = Networks behind your provider answer.
path-nothing-behind-router = The router answers, but nothing behind it does.
path-nothing-behind-first-hop = Your provider’s first router answers, but nothing behind it does.
path-ends-at-border = The way to the service ends at the last router of your provider; the ways to other networks go on from there.
path-only-service-silent = Other networks answer, but the service does not.
point-held-back = A firewall on this computer held back { $refused } probes, so they were never sent. They count for nothing; allow outgoing pings (ICMP echo) in it for a full visit.
point-gateway = Router { $name }: { $lost } of { $sent } packets lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-first-hop = Your provider’s first router { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-border-near = The far end of your provider’s network { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-border-far = The next network’s first router { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-on-net = { $name }, inside your provider’s network: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-other-network = { $name }, in another network: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-service = The service { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.

check-loaded-latency = Latency while the line is busy
check-loaded-latency-why = A line that is quick when idle can become useless for calls and games as soon as somebody downloads or uploads, when a queue in front of it grows too long.
check-loaded-latency-good = Less than 30 ms added while the line is full.
check-home-speed = The way to a computer at home
check-home-speed-why = A transfer between two devices at home never meets the line. If it is fast where films are slow, Wi-Fi and cables are not the reason.
check-home-speed-good = One and a half times what the line brings, or more.
home-speed-no-peer = No computer at home is set as a peer. “demarc serve” on one that is connected by cable makes it one.
home-speed-failed = The { $direction ->
    [up] upload to
   *[down] download from
} the computer at home could not run: { $reason }
home-speed-ample = The { $direction ->
    [up] upload to
   *[down] download from
} the computer at home reached { $rate } Mbit/s, well above the line’s { $needed } Mbit/s: the way inside the home does not hold it back.
home-speed-scarce = The { $direction ->
    [up] upload to
   *[down] download from
} the computer at home reached only { $rate } Mbit/s of the { $needed } Mbit/s that the line should bring, and the line no more: the Wi-Fi holds both back. Be sure that the other computer is connected by cable.
home-speed = The { $direction ->
    [up] upload to
   *[down] download from
} the computer at home reached { $rate } Mbit/s.
load-not-allowed = You chose not to fill the line, so this was not tested.
load-no-peer = No server for throughput tests is configured.
load-failed = The { $direction ->
    [up] upload
   *[down] download
} test could not run: { $reason }
load-responsive = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade } for what the load adds).
load-queue-before-line = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade }), but the router itself still answers at once: the queue in front of the line is too long.
load-queue-at-home-link = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade }), { $gateway } ms of them already between this computer and the router.
load-queue-somewhere = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade }); where the queue is cannot be told.
load-queue-in-tunnel = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade }). They come through a VPN, whose far end may be what is slow.
load-rate-in-tunnel = The { $direction ->
    [up] upload
   *[down] download
} reached { $rate } Mbit/s through a VPN, which may be what limits it.
load-rate = The { $direction ->
    [up] upload
   *[down] download
} reached { $rate } Mbit/s.
load-rate-as-promised = The { $direction ->
    [up] upload
   *[down] download
} reached { $rate } Mbit/s of the { $promised } Mbit/s your contract promises.
load-line-slower-than-promise = The line itself held the { $direction ->
    [up] upload
   *[down] download
} back: it reached { $rate } of the { $promised } Mbit/s that your contract promises, and packets queued before the line.
load-rate-below-promise = The { $direction ->
    [up] upload
   *[down] download
} reached only { $rate } Mbit/s of the { $promised } Mbit/s your contract promises.

check-dns-settings = Finding names
check-dns-settings-why = Every visit to a page begins with looking up its name. A wrong name server or a forgotten entry in the hosts file breaks pages that work everywhere else.
check-dns-settings-good = A name server that answers, and no entry in the hosts file for the service.
dns-settings-no-server = No name server is set on this computer, so no name can be found.
dns-settings-servers = This computer asks { $server } for names.
dns-settings-no-such-name = The name server { $server } says that { $name } does not exist. Check how the service’s name is written.
dns-settings-clear = This computer found { $name } through { $server } in { $median } ms.
dns-settings-no-way = This computer asks { $server } for names, but has no way to reach that address.
dns-settings-unanswered = This computer’s name server { $server } did not tell where { $name } is. The comparison with other name servers shows whose fault that is.
dns-settings-hosts-clear = The hosts file does not redirect the service.
dns-settings-hosts-override = An entry in this computer’s hosts file sends { $name } to { $address }, whatever the name servers say.
dns-no-name = All services are given as addresses, so no name has to be found.

check-name-servers = Every name server
check-name-servers-why = Programs ask the first name server and wait some seconds before they try the next. One that is dead makes every page begin late, though everything works in the end.
check-name-servers-good = Each of them answers.
name-servers-only-one = This computer is set to ask one name server only.
name-servers-all-answer = All { $servers } name servers of this computer answer.
name-servers-none-answers = None of this computer’s name servers answers. The comparison with other name servers shows whose fault that is.
name-servers-first-silent = The first of this computer’s { $servers } name servers, { $server }, does not answer: every name takes up to { $seconds } s longer.
name-servers-one-silent = One of this computer’s { $servers } name servers, { $server }, does not answer.

check-portal = No login page in the way
check-portal-why = In hotels, trains and guest networks a login page answers in place of every other page until you have signed in.
check-portal-good = A page with a known answer gives exactly that answer.
portal-no-route = Without a way out of this computer’s network no page can be fetched.
portal-no-page = No page with a known answer is configured.
portal-clear = A page with a known answer gave exactly that answer, so no login page is in the way.
portal-in-the-way = A page that should answer with status { $expected } answered with { $status }: a login page or a filter stands in the way.
portal-odd = The page that should answer with status { $expected } answered with { $status }, which no login page does.
portal-no-name = The page that would show a login page was not found by name.
portal-not-reached = The page that would show a login page could not be reached.

check-device-load = How busy this computer is
check-device-load-why = A computer that is out of processor time or memory, or busy with another download, makes any line look slow.
check-device-load-good = Processor below 75 %, some memory left, and less than 0.2 Mbit/s of other traffic.
device-load-cpu = The processor is { $percent } % busy; below 75 % is fine.
device-load-cpu-by = The processor is { $percent } % busy, { $share } % of it with { $program }; below 75 % is fine.
device-load-cpu-clear = The processor has time to spare: { $percent } % busy.
device-load-heat = The processor was slowed down { $times } times because it is too hot; its highest speed is { $frequency } % of what it can do.
device-load-heat-degrees = The processor is held back because it is too hot ({ $celsius } °C): slowed down { $times } times while watched, and at { $frequency } % of its highest speed.
device-load-memory-waits = Programs waited for memory during { $percent } % of the time, while { $swapped } MB a second went to and from the disk; 0 is normal.
device-load-memory = Only { $available } of { $total } GB memory ({ $percent } %) are left, and the computer has begun to swap; 5 % or more is fine.
device-load-memory-short = Only { $available } of { $total } GB memory ({ $percent } %) are left.
device-load-memory-clear = There is memory to spare: { $available } of { $total } GB.
device-load-traffic = Other programs on this computer are receiving { $down } Mbit/s and sending { $up } Mbit/s, enough to slow down everything else.
device-load-traffic-by = Other programs on this computer, { $program } most of all, are receiving { $down } Mbit/s and sending { $up } Mbit/s, enough to slow down everything else.
device-load-traffic-some-by = Other programs on this computer, { $program } most of all, are receiving { $down } Mbit/s and sending { $up } Mbit/s; below 0.2 Mbit/s is quiet.
device-load-traffic-some = Other programs on this computer are receiving { $down } Mbit/s and sending { $up } Mbit/s; below 0.2 Mbit/s is quiet.
device-load-traffic-clear = This computer is quiet: it receives { $down } Mbit/s and sends { $up } Mbit/s.

check-vpn-proxy = VPN and proxy
check-vpn-proxy-why = With a VPN or a proxy every packet takes a detour, and what is measured describes the detour too.
check-vpn-proxy-good = No VPN during the visit, and no proxy that you do not know.
vpn-proxy-tunnel = A VPN ({ $interface }) carries all traffic, so what follows describes the VPN as much as your line.
vpn-proxy-tunnel-half = A VPN ({ $interface }) carries the traffic to a part of the internet, so some of what follows describes the VPN as much as your line.
vpn-proxy-tunnel-ipv6 = A VPN ({ $interface }) carries the IPv6 traffic, while IPv4 goes directly.
vpn-proxy-tunnel-beside = A VPN ({ $interface }) is up, but the way out does not lead through it.
vpn-proxy-no-tunnel = No VPN carries the traffic.
vpn-proxy-no-proxy = No proxy is set.
vpn-proxy-proxy = A setting of this computer ({ $place }) sends web traffic through the proxy { $address }.
vpn-proxy-own-proxy = A setting of this computer ({ $place }) sends web traffic through a program on this computer ({ $address }). If that program does not run, pages do not load.
vpn-proxy-bad-proxy = A setting of this computer ({ $place }) names the proxy { $address }, which is no address that could be reached.
vpn-proxy-script = A script ({ $place }: { $address }) decides for each page whether a proxy is used and which. Demarc does not run it.
vpn-proxy-looks-for-script = A setting of this computer ({ $place }) looks on the network for a script that names a proxy. Where nobody offers one, pages begin a little later.
vpn-proxy-proxy-plausible = The proxy setting is well formed.

check-clock = Clock
check-clock-why = Secure pages check dates. With a clock that is far off, they refuse to open.
check-clock-good = Less than 5 seconds off.
clock-no-server = No time server is configured.
clock-right = The clock is right to { $amount } { $unit ->
    [milliseconds] ms
   *[seconds] s
}.
clock-a-little-off = The clock is { $amount } s { $side ->
    [ahead] ahead
   *[behind] behind
}; less than 5 s is normal.
clock-off = The clock is { $amount } { $unit ->
    [seconds] s
    [minutes] minutes
    [hours] hours
   *[days] days
} { $side ->
    [ahead] ahead
   *[behind] behind
}; less than 5 s is normal. One-time codes may be refused.
clock-off-logins = The clock is { $amount } { $unit ->
    [seconds] s
    [minutes] minutes
    [hours] hours
   *[days] days
} { $side ->
    [ahead] ahead
   *[behind] behind
}; less than 5 s is normal. One-time codes and some logins are refused.
clock-off-certificates = The clock is { $amount } { $unit ->
    [seconds] s
    [minutes] minutes
    [hours] hours
   *[days] days
} { $side ->
    [ahead] ahead
   *[behind] behind
}; less than 5 s is normal. Secure pages refuse to open, because their certificates seem to have expired or not to be valid yet.

check-mtu = Packet size
check-mtu-why = If large packets vanish while small ones pass, pages start to load and then hang.
check-mtu-good = Packets of 1500 bytes reach the router, or a router says which size fits.
mtu-no-route = Without a default route there is no interface to look at.
mtu-no-gateway = No router with an address of its own stands behind { $interface }, so no packet size can be tried.
mtu-too-small = Packets on { $interface } are limited to { $size } bytes; 1500 is usual, and below 1280 IPv6 does not work.
mtu-too-large = { $interface } sends packets of up to { $size } bytes, more than common switches and routers carry; 1500 is usual.
mtu-clear = Packets of { $passed } bytes reach the router whole.
mtu-smaller-path = Packets of up to { $passed } bytes fit; the network said so, and programs adapt.
mtu-vanishing = Packets of { $passed } bytes reach the router, but { $tried } bytes vanish without a word, though this computer sends them.

check-cable = Cable
check-cable-why = A damaged cable or socket makes a link slow, or damages packets so that they must be sent again.
check-cable-good = 1000 Mbit/s in both directions at once, and less than 1 packet in 1 million damaged.
cable-unknown = Which interfaces this computer has could not be read.
cable-not-used = This computer reaches the router without a cable.
cable-interface-off = The network socket { $interface } is switched off on this computer.
cable-unplugged = No signal on { $interface }: the cable is not plugged in, or the other end is off.
cable-plugged = The cable on { $interface } carries a signal.
cable-half-duplex = The link sends and receives by turns only (half duplex); both at once is normal.
cable-half-duplex-by-hand = The link sends and receives by turns only (half duplex), because speed and duplex are set by hand on this computer; both at once is normal.
cable-half-duplex-alone = The link sends and receives by turns only (half duplex), because the device at the other end does not agree on anything by itself: its speed is set by hand, or it is very old. Both at once is normal.
cable-full-duplex = The cable works in both directions at once, as it should.
cable-full-duplex-by-hand = The cable works in both directions at once, but speed and duplex are set by hand on this computer. A device at the other end that is set to automatic then takes turns, and packets collide.
cable-slow = The link runs at { $speed } Mbit/s though both ends can do { $possible } Mbit/s. { $speed ->
    [100] A rate of 100 needs two pairs of wires (pins 1 and 2, 3 and 6), the full rate needs all four: the blue pair (pins 4 and 5) or the brown pair (pins 7 and 8) is broken or not connected.
   *[other] A damaged pair of wires is the usual reason.
}
cable-slow-by-hand = The link runs at { $speed } Mbit/s because this computer is set to no more, though its adapter can do { $possible } Mbit/s.
cable-slow-other-end-unknown = The link runs at { $speed } Mbit/s though this computer can do { $possible } Mbit/s. A damaged pair of wires or an old device at the other end is the usual reason.
cable-not-fastest = The link runs at { $speed } Mbit/s; { $possible } Mbit/s would be possible.
cable-fast = The link runs at { $speed } Mbit/s, as fast as its ends can.
cable-errors = { $damaged } packets arrived damaged, 1 in { $one-in }; fewer than 1 in 1 million is normal.
cable-errors-now = During the visit { $damaged } packets arrived damaged, 1 in { $one-in }; none is normal.
cable-errors-before = { $damaged } packets arrived damaged before the visit, 1 in { $one-in }, but none during it.
cable-no-errors = { $damaged ->
    [0] None
   *[other] Only { $damaged }
} of { $received } packets arrived damaged.
cable-energy-saving = Both ends let the link sleep between packets (energy-efficient Ethernet). That is normal; some adapters lose packets or the signal with it.
cable-pauses = The other end has asked this computer { $pauses } times to stop sending for a moment: it is slower than this computer, or busy.
cable-flapping = The signal on the cable came or went { $changes } times during the visit.
cable-many-changes = The signal on the cable has come or gone { $changes } times since this computer started.
cable-steady = The signal on the cable was steady during the visit.

check-cable-test = Wires of the cable
check-cable-test-why = Many network adapters can tell which pair of wires is broken and how far away, so that you know which end to look at.
check-cable-test-good = All four pairs are whole.
cable-test-no-reason = The cable gives no reason to test its wires.
cable-test-not-agreed = The wires were not tested, because the connection would be down for some seconds. Allow it in the visit, or with --answer cable-test=yes.
cable-test-not-told = The network adapter tested the wires and could not tell how they are.
cable-test-whole = The network adapter found every pair of wires whole.
cable-test-broken = { $state ->
    [short] The two wires of { cable-test-pair } touch.
    [cross-short] A wire of { cable-test-pair } touches another pair.
    [mismatch] Something is wrong with { cable-test-pair }: a crushed cable, water, or a bad joint.
   *[open] { cable-test-pair-first } is interrupted.
}
cable-test-broken-at = { $state ->
    [short] The two wires of { cable-test-pair } touch,
    [cross-short] A wire of { cable-test-pair } touches another pair,
    [mismatch] Something is wrong with { cable-test-pair } (a crushed cable, water, or a bad joint),
   *[open] { cable-test-pair-first } is interrupted,
} about { $metres } m away from this computer. Look at the plug, socket or bend there.
cable-test-pair = { $pair ->
    [0] the pair on pins 1 and 2
    [1] the pair on pins 3 and 6
    [2] the blue pair (pins 4 and 5)
   *[3] the brown pair (pins 7 and 8)
}
cable-test-pair-first = { $pair ->
    [0] The pair on pins 1 and 2
    [1] The pair on pins 3 and 6
    [2] The blue pair (pins 4 and 5)
   *[3] The brown pair (pins 7 and 8)
}

check-cable-during = The cable during the visit
check-cable-during-why = A cable or socket that damages packets shows it while packets pass, so the counters are compared before and after.
check-cable-during-good = No packet damaged, and no late collision.
cable-during-no-cable = No cable was in use that could have been watched.
cable-during-late-collisions = During the visit { $collisions } packets collided late, which happens only where one end takes turns and the other does not (duplex mismatch); none is normal.
cable-during-errors = During the visit { $damaged } of { $received } packets arrived damaged, 1 in { $one-in }; none is normal.
cable-during-errors-by-hand = During the visit { $damaged } of { $received } packets arrived damaged, and speed and duplex are set by hand on this computer: the other end may take turns while this one does not.
cable-during-few-errors = During the visit { $damaged } of { $received } packets arrived damaged; so few may be chance.
cable-during-no-errors = During the visit none of { $received } packets arrived damaged.
cable-during-drops = During the visit this computer threw away { $dropped } of { $received } packets, because it had no room for them. The cable delivered them whole.

check-wifi = Wi-Fi
check-wifi-why = A weak or disturbed radio link sends everything several times and slows down, while the line behind it is fine.
check-wifi-good = -67 dBm or better, at least 60 Mbit/s, and fewer than 20 % of packets sent again.
wifi-unknown = Which interfaces this computer has could not be read.
wifi-not-used = This computer reaches the router without Wi-Fi.
wifi-disconnected = The Wi-Fi adapter { $interface } is not connected to any network.
wifi-connected = The Wi-Fi is connected.
wifi-connected-to = The Wi-Fi is connected to { $network }.
wifi-signal-good = Your Wi-Fi signal is strong enough here ({ $signal } dBm; -67 or better is good).
wifi-signal-fair = Your Wi-Fi signal is middling here ({ $signal } dBm; -67 or better is good), and the radio copes.
wifi-signal-weak = Your Wi-Fi signal is weak here ({ $signal } dBm; -67 or better is good).
wifi-signal-weak-and-slow = Your Wi-Fi signal is weak here ({ $signal } dBm; -67 or better is good), and the radio suffers from it: { $rate } Mbit/s, { $retries } % of packets sent again.
wifi-retries-many = The Wi-Fi signal is good, yet { $retries } % of packets had to be sent again (below 20 % is good): other radios disturb it.
wifi-channel-free = The Wi-Fi channel is busy { $busy } % of the time; below 50 % is good.
wifi-channel-busy = The Wi-Fi signal is good, but its channel is busy { $busy } % of the time (below 50 % is good): every packet waits for its turn.
wifi-retries-few = { $retries } % of packets had to be sent again; below 20 % is good.
wifi-noisy = The Wi-Fi signal stands only { $snr } dB above the noise; 25 or more is good.
wifi-rate-good = The Wi-Fi runs at { $rate } Mbit/s; 60 or more is good.
wifi-rate-low = The Wi-Fi runs at { $rate } Mbit/s; 60 or more is good, though a radio with little to do may slow down by itself.
wifi-rate-slow = The Wi-Fi runs at only { $rate } Mbit/s although its signal is good; 60 or more is good.

check-router-dns = The router’s name server
check-router-dns-why = Most homes ask the router for names, and the router asks the provider. If it stops answering, nothing loads although the line works.
check-router-dns-good = Every question answered, within 100 ms.
router-dns-no-router = No router is known, because this computer has no default route.
router-dns-not-used = This computer does not ask the router for names.
router-dns-clear = The router found { $name } in { $median } ms.
router-dns-servers-clear = The router found { $name }, so the name servers that it asks in turn answer.
router-dns-partly = The router answered { $answered } of { $asked } questions for { $name }.
router-dns-slow = The router took { $median } ms to find { $name }, where a public name server took { $public } ms; below 100 ms is normal.
router-dns-denies = The router says that { $name } does not exist, while a public name server knows it.
router-dns-nobody-answers = Neither the router nor a public name server found { $name }, so the way to them may be what fails.
router-dns-one-name = The router does not find { $name }, but finds another name, so its name server works.
router-dns-none = The router keeps no name server, and nothing says that it should.
router-dns-closed = The router answers that no name server runs on it any more, while a public one finds { $name } in { $public } ms.
router-dns-dead = The router itself answers, but its name server does not, while a public one finds { $name } in { $public } ms.
router-dns-silent = The router’s name server does not answer, while a public one finds { $name } in { $public } ms.
router-dns-refuses = The router’s name server refuses to look up { $name }, while a public one finds it in { $public } ms.
router-dns-refuses-upstream = The router may have been given no name server by your provider.
router-dns-upstream-fails = The router’s name server runs, but gets no answer from the servers it asks in turn, usually your provider’s, while a public one finds { $name } in { $public } ms.
router-dns-provider-finds = The router does not find { $name }, though your provider’s name server does when it is asked directly.
router-dns-misleads = The router sends { $name } to an address inside your home, while a public name server knows its real one.
router-dns-hardly-answers = Most questions that the router had to pass on got no answer in time, while a public name server answered every one.
router-dns-provider-denies = The router says that { $name } does not exist, and so does your provider’s own name server, while a public one knows it.
router-dns-provider-fails = The router runs a name server, but your provider’s own does not find { $name } either, while a public one does in { $public } ms.
router-dns-forwarding-fails = The router may pass on questions for names wrongly.

check-line-traffic = Others on the line meanwhile
check-line-traffic-why = What other devices at home send and receive while the path is measured looks like a crowded line.
check-line-traffic-good = Hardly any traffic but this visit’s own.
line-traffic-not-told = The router does not tell how much the home uses the line.
line-traffic-much = While the path was measured, the home received { $down } and sent { $up } Mbit/s: a large part of the line.
line-traffic-quiet = While the path was measured, the home was quiet: it received { $down } and sent { $up } Mbit/s, this visit’s probes included.
line-traffic-much-believed = While the path was measured, the home received { $down } and sent { $up } Mbit/s, and the router’s counters can be believed: they counted { $percent } % of a transfer of known size.
line-traffic-quiet-believed = While the path was measured, the home was quiet ({ $down } received, { $up } Mbit/s sent), and the router’s counters can be believed: they counted { $percent } % of a transfer of known size.
line-counters-right = The router’s counters can be believed: they counted { $percent } % of a transfer of known size.
line-counters-miss = The router’s counters missed much of a transfer of known size (they counted { $percent } % of it), so what they say about other devices at home is not believed.
line-counters-unsure = The router’s counters did not match a transfer of known size well enough (they counted { $percent } % of it), so what they say about other devices at home counts little.
cross-traffic-used = The router’s counters show that the home uses its line.
line-traffic-seen = The router’s counters were read while the path was measured.
line-traffic-some = While the path was measured, the home received { $down } and sent { $up } Mbit/s.

check-proxy-answers = The proxy
check-proxy-answers-why = Programs that are set to use a proxy reach nothing while it does not answer.
check-proxy-answers-good = Every proxy that is set can be connected to.
proxy-answers-none = No proxy is set.
proxy-answers-silent = Web traffic is set to go through { $address }, which does not answer.
proxy-answers-script-clear = The script at { $address } that names the proxy can be had.
proxy-answers-script-moved = The script at { $address } that names the proxy has moved elsewhere (status { $status }); programs may follow it there.
proxy-answers-script-missing = The script that should name the proxy is not at { $address } (status { $status }), so programs wait for it and then go on without.
proxy-answers-script-silent = The script that should name the proxy cannot be had, because { $address } does not answer. Programs wait for it and then go on without.
proxy-answers-script-unread = The script at { $address } that names the proxy could not be read.
proxy-answers-clear = The proxy { $address } can be connected to.

check-provider-dns = Your provider’s name servers
check-provider-dns-why = If your provider’s name servers fail or are slow, everything seems slow although the line is fine.
check-provider-dns-good = Every question answered within 100 ms, and no answer for names that do not exist.
provider-dns-not-visible = Only the router knows your provider’s name servers, so they cannot be asked from here.
provider-dns-clear = The name server { $server } found { $name } in { $median } ms.
provider-dns-slow = The name server { $server } took { $median } ms to find { $name }, where a public one took { $public } ms; below 100 ms is normal.
provider-dns-denies = The name server { $server } says that { $name } does not exist, while public ones know it.
provider-dns-silent = The name server { $server }, probably your provider’s, does not answer, while a public one finds { $name } in { $public } ms.
provider-dns-refuses = The name server { $server }, probably your provider’s, answers { $code } when asked for { $name }, while a public one finds it in { $public } ms.
provider-dns-one-name = The name server { $server } does not find { $name }, but finds another name, so it works.
provider-dns-private-silent = The name server { $server } set on this computer does not answer. If you typed its address, it may be wrong.
provider-dns-home-server-silent = The name server { $server } in your own network does not answer, while a public one finds { $name } in { $public } ms.
provider-dns-nobody-answers = No name server outside the home found { $name }, so the way to them may be what fails.
provider-dns-invents = The name server { $server } gives an address for { $name }, a name that nobody has: wrong names lead to your provider’s pages.

check-service = The service
check-service-why = If only the service is down or slow, nothing in your home or on your line will change that.
check-service-good = A page within half a second of the question.
service-none = No service with a page is configured.
service-answers = { $service } answers: connected in { $connect } ms, first byte after { $total } ms in all.
service-error = { $service } is reached but answers with an error of its own (status { $status }).
service-no-name = { $service } was not found by name ({ $error }).
service-held-back = A firewall on this computer turned the connection to { $service } away.
service-refuses = { $service } refuses the connection.
service-not-reached = There is no way to { $service } from here ({ $error }).
service-no-connection = { $service } does not take the connection ({ $error }).
service-no-encryption = { $service } takes the connection, but no secure one comes about ({ $error }).
service-no-page = { $service } takes the connection, but no page comes ({ $error }).
service-thinks-long = { $service } takes { $wait } ms to begin its answer, the way there and back not counted; below 500 ms is normal.
service-thinks-briefly = { $service } begins its answer within { $wait } ms, the way there and back not counted.

check-ip-families = IPv4 and IPv6
check-ip-families-why = Where IPv6 is set up but broken, pages open late or not at all, although IPv4 works.
check-ip-families-good = The service answers over both, or the line has IPv4 only.
ip-families-unknown = Which addresses this computer has could not be read.
ip-families-one-only = This line has no IPv6. That is no fault: IPv4 reaches every service.
ip-families-no-name = All services are given as addresses, and an address belongs to one family only.
ip-families-both = The service answers over IPv4 (in { $four } ms) and over IPv6 (in { $six } ms).
ip-families-only-ipv6 = The service answers over IPv6 (in { $six } ms) but not over IPv4.
ip-families-service-has-no-ipv6 = The service has no IPv6 address, so IPv6 could not be compared.
ip-families-ipv6-fails = The service answers over IPv4 but not over IPv6 ({ $error }), though this computer has an IPv6 address.
ip-families-neither = The service answers over neither IPv4 nor IPv6, so they cannot be compared.

check-router-says = What the router says
check-router-says-why = Many routers tell who they are, whether the line is there, how fast it is and since when. That is the nearest look at the line that a computer gets.
check-router-says-good = A line that is up, as fast as promised, for days.
router-says-model = Your router is a { $model } by { $maker }.
router-says-model-only = Your router is a { $model }.
router-says-maker = Your router’s network adapter was made by { $maker }.
router-says-name = Your router is called { $name }.
router-says-line-down = The router says that the line is down.
router-says-connected = The router says that it is connected to the internet.
router-says-not-connected = The router says that its connection is “{ $status }” { $error ->
    [0] now
   *[other] ({ $error })
}.
router-says-rate = The router says that the line carries { $down } Mbit/s down and { $up } Mbit/s up.
router-says-rate-below-promise = The router says that the line carries { $down } Mbit/s down and { $up } Mbit/s up; your contract promises { $promised } Mbit/s down.
router-says-restarted = The router started { $minutes } minutes ago.
router-says-reconnected = The router connected to the internet { $minutes } minutes ago. If you did not restart it, that was an interruption.
router-says-since = The router has been connected to the internet for { $hours } hours.
router-says-ports = The router leads { $count ->
    [one] one port
   *[other] { $count } ports
} from the internet into your home ({ $list }); { $forever } of them without an end. Remove in its settings those that you do not know.

check-router-again = The router’s own clocks
check-router-again-why = A router that starts anew, or a line that drops, begins to count its time from nothing.
check-router-again-good = Both clocks go on through the visit.
router-again-no-clock = The router does not tell since when it runs.
router-again-restarted = The router started anew during the visit, { $seconds } seconds before it was asked again.
router-again-reconnected = The router’s connection to the internet began anew during the visit, { $seconds } seconds before it was asked again.
router-again-steady = The router and its connection ran through the visit.

check-public-address = The address that the internet sees
check-public-address-why = If the router’s address on the line is not the one that the internet sees, somebody in between translates addresses too: a second router, or the provider.
check-public-address-good = The same address on both sides.
public-address-tunnel = Through a VPN the internet sees the address of its far end.
public-address-no-route = Without a default route the internet sees nothing of this computer.
public-address-nobody-to-ask = No server is set that would tell which address it sees.
public-address-own = The internet sees this computer’s own address { $address }: nobody translates it.
public-address-same = The router’s address on the line, { $line }, is the one that the internet sees: nobody behind it translates addresses.
public-address-other = The router’s address on the line is { $line }, but the internet sees { $address }: somebody behind the router translates addresses.
public-address-translated = The router’s address on the line is { $line }; the internet sees { $address }.
public-address-seen = The internet sees the address { $address }.
public-address-port-kept = The router keeps the number of a port that is used ({ $port }), which calls and games like.

wifi-radio = The radio uses channel { $channel } at { $band }{ $width ->
    [0] {""}
   *[other] , { $width } MHz wide
}{ $generation ->
    [0] {""}
    [3] , an old form of Wi-Fi
   *[other] , Wi-Fi { $generation }
}.{ $sleeps ->
    [yes] {" "}The adapter sleeps between packets, which adds a little delay.
   *[no] {""}
}

check-wifi-channel = Other networks on the channel
check-wifi-channel-why = Networks that share a channel wait for each other. In a house of flats another channel may be all it takes.
check-wifi-channel-good = Few other networks on the channel, and more than half of its time free.
wifi-channel-not-connected = This computer uses none of the networks that it hears.
wifi-channel-alone = No other network is heard on channel { $channel }.
wifi-channel-others = { $others ->
    [0] No other network is
    [one] One other network is
   *[other] { $others } other networks are
} heard on channel { $channel }.
wifi-channel-crowded-and-busy = { $others } other networks share channel { $channel }, and it is busy { $busy } % of the time.
wifi-channel-better = On channel { $best } { $there ->
    [0] no other network is
    [one] one other network is
   *[other] { $there } other networks are
} heard; on channel { $channel } there are { $others }. Set the router’s Wi-Fi to channel { $best } and check again.
wifi-channel-old-news = The adapter listened for other networks more than a minute ago.

check-wifi-during = The Wi-Fi during the visit
check-wifi-during-why = A radio link that drops, moves to another access point or repeats many packets while others are measured explains what they show.
check-wifi-during-good = No interruption, and fewer than 20 % of packets sent again.
wifi-during-dropped = The Wi-Fi connection was lost { $times ->
    [one] once
   *[other] { $times } times
} during the visit, at a signal of { $signal } dBm{ $reason ->
    [0] {""}
   *[other] {" "}(reason { $reason })
}.
wifi-during-roamed = This computer moved to another access point { $times ->
    [one] once
   *[other] { $times } times
} during the visit.
wifi-during-repeated = Of { $sent } packets { $retries } % were sent again and { $failed } % given up during the visit, at a signal of { $signal } dBm.
wifi-during-few-repeated = Of { $sent } packets { $retries } % were sent again during the visit.
wifi-during-swings = The signal swung between { $low } and { $high } dBm during the visit.
wifi-during-steady = The Wi-Fi connection held through the visit, at a signal of { $signal } dBm.

check-modem-page = The modem’s own page
check-modem-page-why = The modem sees the line itself: how strong it receives, how clearly, and how often it had to begin anew. Save its status page or copy its table, and give it here.
check-modem-page-good = Every value in its usual range.
modem-page-not-given = No page of a modem was given.
modem-page-nothing-known = The page holds values, but none that is known here.
modem-page-usual = Every value on the modem’s page is usual.
modem-page-power-down = Received power, how strong the line’s signal arrives: { $low } to { $high } dBmV on { $channels } channels; usual are { $usual-low } to { $usual-high }. { $lies ->
    [usual] That is usual.
    [unusual] { $outside } of them are unusual: too little or too much of the signal arrives.
   *[far] { $outside } of them are unusual, and some far from it: too little or too much of the signal arrives.
}
modem-page-power-up = Sent power, how loud the modem has to speak to be heard: { $low } to { $high } dBmV on { $channels } channels; usual are { $usual-low } to { $usual-high }. { $lies ->
    [usual] That is usual.
    [unusual] { $outside } of them are unusual: a loose connector or a splitter too many makes a modem shout.
   *[far] { $outside } of them are far from usual: a loose connector or a splitter too many makes a modem shout.
}
modem-page-mer = Signal-to-noise ratio, how clearly the line is heard: { $low } to { $high } dB on { $channels } channels; usual is { $usual-low } or more. { $lies ->
    [usual] That is usual.
    [unusual] { $outside } of them are unusual: noise gets into the cable.
   *[far] { $outside } of them are unusual, and some far from it: noise gets into the cable.
}
modem-page-mer-64 = Signal-to-noise ratio of the slower channels (64-QAM): { $low } to { $high } dB on { $channels } channels; usual is { $usual-low } or more. { $lies ->
    [usual] That is usual.
    [unusual] { $outside } of them are unusual: noise gets into the cable.
   *[far] { $outside } of them are unusual, and some far from it: noise gets into the cable.
}
modem-page-codewords = Pieces of data that arrived damaged since the modem counts: { $mended } were mended and { $lost } lost ({ $share } %). { $lies ->
    [usual] That is usual.
   *[unusual] So many lost ones are unusual.
}
modem-page-timeouts = The log tells { $t3 } times that the provider’s end did not answer in time (T3) and { $t4 } times that the modem had to begin anew (T4). { $lies ->
    [usual] A few of the first kind are usual.
   *[unusual] That is unusual.
}
modem-page-margin = Distance to the noise { $direction ->
    [up] upwards
   *[down] downwards
}, the reserve before the line drops: { $margin } dB; usual is 6 or more. { $lies ->
    [usual] That is usual.
    [unusual] That is unusual.
   *[far] That is far from usual: a line with so little reserve drops now and then.
}
modem-page-dsl-rate = The line runs at { $rate } Mbit/s { $direction ->
    [up] upwards
   *[down] downwards
}{ $attainable ->
    [0] {""}
   *[other] , of { $attainable } that it could carry
}.
modem-page-attenuation = The line weakens the signal by { $attenuation } dB { $direction ->
    [up] upwards
   *[down] downwards
}: the longer the line, the more.
modem-page-crc = { $count } blocks arrived damaged { $direction ->
    [up] upwards
   *[down] downwards
} since the modem counts.
