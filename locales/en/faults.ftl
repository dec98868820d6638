# The segments of the path and the catalogue of faults: what each is called inside a sentence, and what to do first.

segment-device = this computer
segment-wiring = the cable in your home
segment-wifi = the Wi-Fi in your home
segment-router = your router
segment-access = the line between your home and your provider
segment-isp = your provider’s own network
segment-interconnect = the networks between your provider and the service
segment-service = the service

# This computer
fault-cpu-saturated = a processor that is too busy
fault-cpu-saturated-fix = Close the programs that use the processor most, then check again.
fault-memory-pressure = a computer short of memory
fault-memory-pressure-fix = Close programs and browser tabs that you do not need, then check again.
fault-background-traffic = another program on this computer that uses the line
fault-background-traffic-fix = Pause downloads, updates and cloud backups on this computer, then check again.
fault-vpn-active = a VPN between this computer and the internet
fault-vpn-active-fix = Switch the VPN off and check again. If the trouble goes away, ask the VPN’s support.
fault-proxy-misconfigured = a proxy setting that cannot work
fault-proxy-misconfigured-fix = Open the network settings, remove the proxy or correct its address, then check again.
fault-no-address = a computer without an address
fault-no-address-fix = Disconnect this computer from the network and connect it again. If it still gets no address, restart the router.
fault-link-local-address = a computer that got no address from the router
fault-link-local-address-fix = Disconnect this computer from the network and connect it again. If it still gets no address, restart the router.
fault-duplicate-address = an address that two devices use
fault-duplicate-address-fix = 1. Set this computer to get its address automatically, then disconnect and connect it again. 2. If two devices answer for the router’s address, find the second router or extender and set it to work as an access point. Check again after each step.
fault-gateway-off-subnet = a router address that does not fit this computer’s network
fault-gateway-off-subnet-fix = Set this computer to get its address and router automatically (DHCP), then check again.
fault-no-default-route = a computer that knows no way out
fault-no-default-route-fix = Set this computer to get its address and router automatically (DHCP), then disconnect and connect it again.
fault-dns-misconfigured = a wrong name server setting on this computer
fault-dns-misconfigured-fix = Open the network settings and set the name servers to automatic, then check again.
fault-hosts-override = an entry in the hosts file that redirects the service
fault-hosts-override-fix = Remove the service’s line from the hosts file (/etc/hosts, or System32\drivers\etc\hosts on Windows), then check again.
fault-mtu-misconfigured = a wrong packet size on this computer
fault-mtu-misconfigured-fix = Set the packet size (MTU) of the network adapter to automatic or 1500, then check again.
fault-clock-wrong = a clock that is wrong
fault-clock-wrong-fix = Set date and time of this computer to automatic, then check again.
fault-ipv6-broken = IPv6 that is set up but does not work
fault-ipv6-broken-fix = Restart the router. If IPv6 still fails, switch it off in the router until your provider has repaired it.
fault-captive-portal = a login page in the way
fault-captive-portal-fix = Open any page in a browser, sign in on the page that appears, then check again.

# The cable
fault-cable-unplugged = a cable without a signal
fault-cable-unplugged-fix = Push the cable in at both ends until it clicks, and check that the router is on. Then try another cable.
fault-link-speed-low = a cable that runs too slowly
fault-link-speed-low-fix = 1. Push both plugs in until they click, and check that no pin is bent and no wire is loose. 2. Replace the cable by one with all four pairs (category 5e or better). 3. Use another socket of the router. 4. If it stays slow, set speed and duplex of the network adapter to automatic; a wall socket in between may have only two pairs connected. Check again after each step.
fault-half-duplex = a cable link that sends and receives by turns only
fault-half-duplex-fix = 1. Set speed and duplex of this computer’s network adapter to automatic. 2. Do the same at the other end (router or switch). 3. If a hub stands in between, replace it by a switch. 4. Replace the cable. Check again after each step.
fault-link-errors = a cable that damages packets
fault-link-errors-fix = 1. Replace the cable. 2. Use another socket of the router. 3. Lead the cable away from power lines. 4. Set speed and duplex of the network adapter to automatic. Check again after each step.
fault-link-flapping = a cable link that comes and goes
fault-link-flapping-fix = 1. Push the cable in at both ends until it clicks. 2. Replace the cable. 3. Use another socket of the router. 4. Switch energy-efficient Ethernet off in the settings of the network adapter. Check again after each step.
fault-wiring-loss = packets lost between this computer and the router
fault-wiring-loss-fix = Replace the cable, and connect this computer directly to the router without switches or powerline adapters in between.

# The Wi-Fi
fault-wifi-disconnected = a Wi-Fi that is not connected
fault-wifi-disconnected-fix = Switch the Wi-Fi on and choose your network. If it does not appear, go nearer to the router and restart it.
fault-wifi-weak-signal = a weak Wi-Fi signal
fault-wifi-weak-signal-fix = Go nearer to the router, or move it into the open, and check again. A cable tells at once whether the Wi-Fi is the reason.
fault-wifi-interference = a Wi-Fi disturbed by other radios
fault-wifi-interference-fix = Set the router’s Wi-Fi to another channel, or use the 5 GHz band, then check again.
fault-wifi-congested-channel = a crowded Wi-Fi channel
fault-wifi-congested-channel-fix = Set the router’s Wi-Fi to a less used channel, or use the 5 GHz band, then check again.
fault-wifi-slow-rate = a Wi-Fi that runs slowly
fault-wifi-slow-rate-fix = Disconnect from the Wi-Fi and connect again, using the 5 GHz band if there is one. A cable tells whether the Wi-Fi is the reason.
fault-wifi-loss = packets lost on the Wi-Fi
fault-wifi-loss-fix = Connect this computer to the router by cable and check again. If the loss is gone, move nearer to the router or change its channel.

# The router
fault-router-unreachable = a router that does not answer
fault-router-unreachable-fix = Unplug the router from power for ten seconds, plug it in again, wait three minutes, then check again.
fault-router-overloaded = a router that is overloaded
fault-router-overloaded-fix = Unplug the router from power for ten seconds, plug it in again, wait three minutes, then check again.
fault-router-bufferbloat = a queue in the router that grows too long while the line is busy
fault-router-bufferbloat-fix = Switch on traffic shaping in the router (it may be called SQM or QoS), a little below the rate of the line. If it has none, limit large uploads.
fault-router-dns-failing = a name server in the router that fails
fault-router-dns-failing-fix = Restart the router. If names still fail, set another name server (such as 9.9.9.9) in the router or on this computer.
fault-double-nat = two routers one behind the other
fault-double-nat-fix = Set the second router to work as an access point (bridge mode), or connect this computer to the first one. Pages and video are not affected; if they are the trouble, run a visit again while it is there.
fault-rogue-dhcp = a second device that hands out addresses
fault-rogue-dhcp-fix = Find the device you added last (a second router, an extender) and switch off its DHCP server.
fault-router-restarting = a router that keeps restarting
fault-router-restarting-fix = Plug the router directly into a wall socket and let it cool. If it still restarts, it or its power supply needs replacing.
fault-home-cross-traffic = other devices at home that use the line
fault-home-cross-traffic-fix = Pause downloads, backups and video on other devices at home, then check again.
fault-router-loss = packets lost in the router
fault-router-loss-fix = Restart the router, then check again. If packets are still lost, connect this computer to another socket of it.

# The line
fault-access-down = a line that carries nothing
fault-access-down-fix = Check the cable between modem and wall and restart the modem. If the line stays down, report it to your provider with this report.
fault-access-loss = packets lost on the line
fault-access-loss-fix = Check that the cable between modem and wall sits firmly, then report the loss to your provider with this report.
fault-access-congested = a line that is crowded by other households
fault-access-congested-fix = Repeat the visit at another time of day. If it is good then and bad in the evening, report both to your provider.
fault-access-under-rate = a line slower than the contract promises
fault-access-under-rate-fix = Repeat the visit by cable with nothing else on the line, then report both results to your provider.
fault-access-flapping = a line that drops and comes back
fault-access-flapping-fix = Check that the cable between modem and wall sits firmly, then report the times of the drops to your provider.

# The provider’s network
fault-isp-outage = an outage in your provider’s network
fault-isp-outage-fix = Look at your provider’s status page from another connection, and report the outage with this report.
fault-isp-loss = packets lost in your provider’s network
fault-isp-loss-fix = Report the loss to your provider with this report: the line itself is clean.
fault-isp-congested = a crowded part of your provider’s network
fault-isp-congested-fix = Repeat the visit at another time of day, then report both results to your provider.
fault-isp-dns-failing = name servers of your provider that fail
fault-isp-dns-failing-fix = Set another name server (such as 9.9.9.9) on this computer or in the router, and report the failure to your provider.
fault-isp-routing-loop = packets that go in circles in your provider’s network
fault-isp-routing-loop-fix = Report it to your provider with this report: the trace shows where packets turn in circles.
fault-path-mtu-black-hole = large packets that vanish on the way
fault-path-mtu-black-hole-fix = Set the packet size (MTU) in the router to 1300 and check again. If that helps, report it to your provider.
fault-carrier-grade-nat = an address that your provider shares between households
fault-carrier-grade-nat-fix = Use IPv6 where the service has it, or ask your provider for a public IPv4 address. Pages and video are not affected; if they are the trouble, run a visit again while it is there.

# Beyond
fault-interconnect-congested = a crowded connection between your provider and the service’s network
fault-interconnect-congested-fix = Try another service at the same moment, and repeat the visit at another time of day. Send both reports to your provider and to the service.
fault-interconnect-loss = packets lost between your provider and the service’s network
fault-interconnect-loss-fix = Send this report to your provider and to the service: between their networks packets are lost.
fault-interconnect-outage = no way between your provider and the service’s network
fault-interconnect-outage-fix = Send this report to your provider and to the service: other networks are reached, this one is not.
fault-service-down = a service that does not work
fault-service-down-fix = Look at the service’s status page and try again later. Nothing at home or at your provider will change it.
fault-service-slow = a service that answers slowly
fault-service-slow-fix = Try again later, and tell the service. Nothing at home or at your provider will change it.
fault-service-loss = packets lost at the service
fault-service-loss-fix = Try again later, and send this report to the service.
