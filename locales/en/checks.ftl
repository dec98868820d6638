# What the checks ask and find. `check-<id>` is a check's name, `-why` why it matters, `-good` what good would be.

check-addresses = Address and way out
check-addresses-why = Without an address and a default route this computer can reach nothing beyond itself.
check-addresses-good = An address from your router, and a default route to it.
addresses-clear = This computer has the address { $address } and reaches out through { $gateway }.
addresses-none = This computer has no address on any network.
addresses-link-local = This computer gave itself an address (169.254…) because no router handed one out.
addresses-no-default-route = This computer has an address but no default route, so nothing beyond the home can be reached.
addresses-gateway-off-subnet = The way out, { $gateway }, is not in this computer's own network, so it cannot be reached.

check-gateway = The router answers
check-gateway-why = Everything this computer sends goes through the router. If the way to it is slow or loses packets, nothing behind it can be better.
check-gateway-good = No packet lost; a median below 5 ms, and nine of ten answers below 20 ms.
gateway-unknown = No router is known, because this computer has no default route.
gateway-silent = The router { $gateway } answered none of { $sent } echo requests.
gateway-answers = The router { $gateway } answers.

check-trace = The way packets take
check-trace-why = The routers on the way tell where your provider's network begins and ends.
check-trace-good = The way reaches its destination. Single routers that stay silent on it are normal.
trace-loop = On the way to { $destination } packets go in circles around { $hop }.
trace-reached = { $destination } is reached after { $hops } hops.
trace-ends = The last router that answered on the way to { $destination } is { $hop }.
trace-nothing = No router answered on the way to { $destination }.

check-path = The whole path at once
check-path-why = The router, your provider, other networks and the service are probed at the same moment. What an early place shows, every later one must show too; so the first place from which trouble lasts is where it sits.
check-path-good = Less than 1 packet in 100 lost everywhere, and steady times.
path-no-route = There is no way out of this computer's network, so nothing behind the router can be probed.
path-no-addresses = No address to probe is known, because names do not resolve and no anchor is configured by address.
path-router-forwards = Packets get through the router.
path-line-carries = Your provider answers, so the line carries packets.
path-provider-carries = Networks behind your provider answer.
path-nothing-behind-router = The router answers, but nothing behind it does.
path-nothing-behind-first-hop = Your provider's first router answers, but nothing behind it does.
path-service-answers = The service answers.
path-only-service-silent = Other networks answer, but the service does not.
point-gateway = Router { $name }: { $lost } of { $sent } packets lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-first-hop = Your provider's first router { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-border-near = The far end of your provider's network { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-border-far = The next network's first router { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-on-net = { $name }, inside your provider's network: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-other-network = { $name }, in another network: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.
point-service = The service { $name }: { $lost } of { $sent } lost ({ $loss } %), median { $median } ms, nine in ten below { $p90 } ms.

check-loaded-latency = Latency while the line is busy
check-loaded-latency-why = A line that is quick when idle can become useless for calls and games as soon as somebody downloads or uploads, when a queue in front of it grows too long.
check-loaded-latency-good = Less than 30 ms added while the line is full.
load-not-allowed = You chose not to fill the line, so this was not tested.
load-no-peer = No server for throughput tests is configured.
load-failed = The { $direction ->
    [up] upload
   *[down] download
} test could not run: { $reason }
load-responsive = While { $direction ->
    [up] uploading
   *[down] downloading
} answers take { $added } ms longer (grade { $grade }).
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
load-rate = The { $direction ->
    [up] upload
   *[down] download
} reached { $rate } Mbit/s.
load-rate-as-promised = The { $direction ->
    [up] upload
   *[down] download
} reached { $rate } Mbit/s of the { $promised } Mbit/s your contract promises.
load-rate-below-promise = The { $direction ->
    [up] upload
   *[down] download
} reached only { $rate } Mbit/s of the { $promised } Mbit/s your contract promises.
