# The sentence of the verdict, at most twenty words, and what to do next.

verdict-healthy = No fault was found between this computer and the service while this visit measured.
verdict-undetermined = The evidence does not decide where the fault is. The next test below would help.
verdict-between = Undecided between { $first ->
    [device] this computer
    [wiring] the cable at home
    [wifi] the Wi-Fi
    [router] the router
    [access] the line to your home
    [isp] your provider's network
    [interconnect] the border between networks
   *[service] the service
} and { $second ->
    [device] this computer
    [wiring] the cable at home
    [wifi] the Wi-Fi
    [router] the router
    [access] the line to your home
    [isp] your provider's network
    [interconnect] the border between networks
   *[service] the service
}. The next test below would decide.
verdict-segment = { $segment ->
    [device] The fault is on your side: this computer shows a fault.
    [wiring] The fault is on your side: the cable between this computer and the router.
    [wifi] The fault is on your side: the Wi-Fi between this computer and the router.
    [router] The fault is on your side: the router.
    [access] The fault is on your provider's side: the line to your home.
    [isp] The fault is on your provider's side: your provider's own network.
    [interconnect] The fault is beyond your provider: at the border to another network.
   *[service] The fault is beyond your provider: at the service itself.
}
verdict-party = { $party ->
    [home] The fault is on your side of the line; which part shows it is not certain.
    [provider] The fault is on your provider's side of the line; which part shows it is not certain.
   *[beyond] The fault is beyond your provider; whether at the border or the service is not certain.
}

verdict-cpu-saturated = The fault is on your side: this computer is too busy to keep up.
verdict-memory-pressure = The fault is on your side: this computer runs out of memory.
verdict-background-traffic = The fault is on your side: another program on this computer uses the line.
verdict-vpn-active = The fault is on your side: a VPN carries the traffic, and its path is what was measured.
verdict-proxy-misconfigured = The fault is on your side: the proxy setting of this computer does not work.
verdict-no-address = The fault is on your side: this computer has no network address.
verdict-link-local-address = The fault is on your side: this computer received no address from the router.
verdict-duplicate-address = The fault is on your side: two devices at home use one address.
verdict-gateway-off-subnet = The fault is on your side: the configured router is not in this computer's network.
verdict-no-default-route = The fault is on your side: this computer has no route out of the home.
verdict-dns-misconfigured = The fault is on your side: this computer's name server settings do not work.
verdict-hosts-override = The fault is on your side: a hosts-file entry sends the service's name elsewhere.
verdict-mtu-misconfigured = The fault is on your side: this computer's packet size does not fit the network.
verdict-clock-wrong = The fault is on your side: this computer's clock is wrong, which can make secure pages fail.
verdict-ipv6-broken = The fault is on your side: IPv6 is set up but does not work.
verdict-captive-portal = The fault is on your side: this network asks for a sign-in first.
verdict-cable-unplugged = The fault is on your side: the network cable is not connected.
verdict-link-speed-low = The fault is on your side: the cable runs slower than both ends can.
verdict-half-duplex = The fault is on your side: the cable link runs in half-duplex mode.
verdict-link-errors = The fault is on your side: the cable damages packets.
verdict-link-flapping = The fault is on your side: the cable connection comes and goes.
verdict-wiring-loss = The fault is on your side: packets are lost between this computer and the router.
verdict-wifi-disconnected = The fault is on your side: this computer is not connected to the Wi-Fi.
verdict-wifi-weak-signal = The fault is on your side: the Wi-Fi signal is too weak here.
verdict-wifi-interference = The fault is on your side: something disturbs the Wi-Fi.
verdict-wifi-congested-channel = The fault is on your side: the Wi-Fi channel is crowded.
verdict-wifi-slow-rate = The fault is on your side: the Wi-Fi connection is slow.
verdict-wifi-loss = The fault is on your side: the Wi-Fi loses packets between this computer and the router.
verdict-router-unreachable = The fault is on your side: the router does not answer.
verdict-router-overloaded = The fault is on your side: the router is too busy to keep up.
verdict-router-bufferbloat = The fault is on your side: a queue before the line makes everything wait when the line is busy.
verdict-router-dns-failing = The fault is on your side: the router does not resolve names.
verdict-double-nat = The fault is on your side: two routers stand one behind the other, which impairs games and calls, not browsing.
verdict-rogue-dhcp = The fault is on your side: a second device hands out addresses.
verdict-router-restarting = The fault is on your side: the router restarts.
verdict-home-cross-traffic = The fault is on your side: another device at home uses the line.
verdict-router-loss = The fault is on your side: the router loses packets.
verdict-access-down = The fault is on your provider's side: the line to your home carries nothing.
verdict-access-loss = The fault is on your provider's side: the line to your home loses packets.
verdict-access-congested = The fault is on your provider's side: the line to your home is crowded without traffic of yours.
verdict-access-under-rate = The fault is on your provider's side: the line is slower than the contract promises.
verdict-access-flapping = The fault is on your provider's side: the line to your home comes and goes.
verdict-isp-outage = The fault is on your provider's side: nothing gets through your provider's network.
verdict-isp-loss = The fault is on your provider's side: your provider's own network loses packets.
verdict-isp-congested = The fault is on your provider's side: your provider's own network is crowded.
verdict-isp-dns-failing = The fault is on your provider's side: your provider's name server fails.
verdict-isp-routing-loop = The fault is on your provider's side: packets go in circles.
verdict-path-mtu-black-hole = The fault is on your provider's side: large packets vanish without notice.
verdict-carrier-grade-nat = The fault is on your provider's side: your shared address impairs games, calls and port forwarding, not browsing or video.
verdict-interconnect-congested = The fault is beyond your provider: the border to the service's network is crowded.
verdict-interconnect-loss = The fault is beyond your provider: packets are lost at the border to the service's network.
verdict-interconnect-outage = The fault is beyond your provider: nothing passes the border to the service's network.
verdict-service-down = The fault is beyond your provider: the service does not work.
verdict-service-slow = The fault is beyond your provider: the service answers slowly.
verdict-service-loss = The fault is beyond your provider: packets are lost in the service's own network.

next-use-cable = Connect this computer to the router with a cable and check again. A cable run tells the Wi-Fi from the line.
next-other-cable = Use another cable and another port of the router, and check again.
next-other-network = Try the same service over another network, such as a phone's mobile data, at the same time.
next-other-device = Use the same service on another device over the same router at the same time.
next-pause-others = Pause what other devices at home are doing (downloads, backups, streams), and check again.
next-restart-router = Restart the router, wait three minutes, and check again.
next-second-fault = There is probably a fault { $segment ->
    [device] at this computer
    [wiring] in the cable at home
    [wifi] in the Wi-Fi
    [router] at the router
    [access] on the line
    [isp] in the provider's network
    [interconnect] between the provider and the service
   *[service] at the service
} besides. When one is mended, check again.
next-find-router = Let the router answer pings (most have a setting for it), or connect straight to it, and check again.
next-longer = Run a visit again while the trouble is there, the thorough one if you can.
next-when-it-happens = Run a visit again while the trouble is there. A healthy hour says nothing about a bad evening.
next-send-report = Save the report and send it to your provider.
next-go-on = Go on with the visit: too little was measured to say anything.
