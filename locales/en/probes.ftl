# Why a question to the network or to this computer had no answer.

failed-timed-out = Nothing came of this within { $seconds } seconds, so it was stopped.

# This computer and its network.
failed-not-on-this-system = Demarc cannot ask this on this operating system yet.
failed-network = The system did not tell its network interfaces and routes: { $detail }. Start Demarc outside of a sandbox.
failed-no-interface = There is no network interface called { $interface } any more. Check again.
failed-resolvers = The system's list of name servers cannot be read: { $detail }.
failed-hosts-file = The hosts file cannot be read: { $detail }.
failed-host = The system did not tell how busy this computer is: { $detail }.
blocked-wifi-scan = The adapter { $interface } has not listened for other networks lately, and asking it to takes an administrator. Open the list of networks in your system’s settings, then check again.
failed-wifi = The Wi-Fi adapter did not tell its state: { $detail }. Switch Wi-Fi off and on, then check again.
failed-lease = This computer did not tell how it got its address: { $detail }.
not-applicable-no-lease = { $interface } has no address that a router handed out.
not-applicable-no-wifi = { $interface } is not a Wi-Fi adapter.

# The cable.
blocked-cable-test = Testing the wires of { $interface } needs administrator rights. As an administrator: sudo ethtool --cable-test { $interface }
not-applicable-no-cable-test = The network adapter { $interface } cannot test its cable.
failed-cable-test = The network adapter { $interface } did not test its cable: { $detail }. Try another cable instead.
failed-cable-test-silent = The network adapter { $interface } began to test its cable and did not tell what it found. Try another cable instead.

# The clock.
failed-clock-server = { $server } is not the address of a time server. Write it as host:port.
failed-clock-name = The time server { $server } has no address: { $detail }.
failed-clock-silent = The time server { $server } did not answer: { $detail }.
failed-clock-answer = The time server { $server } gave an answer that cannot be used: { $detail }.

# Names and pages.
failed-dns-name = { $name } is not a host name.
failed-fetch-roots = { $url } cannot be opened safely: { $detail }. Install the system's certificates (package ca-certificates).
failed-fetch-scheme = { $url } is not the address of a web page. It has to start with http:// or https://.

# Probes.
blocked-ping-sockets = This computer does not let programs ping. An administrator can allow it with: sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"
blocked-by-own-firewall = A firewall on this computer does not let probes out to { $address }. Allow outgoing pings (ICMP echo) and check again.
blocked-wifi-location = Windows shows Wi-Fi details only to programs that may use the location. Switch on location services under Settings, Privacy & security, Location, then check again.
blocked-dns-by-own-firewall = A firewall on this computer does not let questions for names out to { $server }. Allow outgoing DNS (UDP port 53) and check again.
blocked-raw-sockets = The small program that asks the neighbours who has which address may not send frames. An administrator can allow that to it alone: sudo setcap cap_net_raw+ep { $program }
blocked-raw-missing = The small program { $program }, which asks the neighbours who has which address, is not installed beside Demarc. Demarc’s package brings it.
failed-frames = The neighbours on { $interface } could not be asked: { $detail }. Check that this computer is connected.
blocked-wan-counters = The router { $gateway } does not tell what goes over the line. Switch on UPnP status information in its settings, then check again.
blocked-router-silent = The router { $gateway } tells nothing of itself. Switch on UPnP status information in its settings, then check again.
failed-stun = { $server } does not tell which address it sees: { $detail }.
failed-wan-counters = The router tells what goes over the line, but its figures cannot be used: { $detail }. Restart the router, then check again.
not-applicable-no-ipv4-router = This computer does not reach out through a router with an IPv4 address.
failed-send = No probe could be sent to { $address } ({ $reason }). Check that this computer is connected.
failed-not-a-host = { $address } is not the address of a single computer, so it is not probed.
failed-not-simulated = The simulated home does not answer this.
