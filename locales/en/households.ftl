# Simulated households.

household-healthy = A healthy home
household-healthy-description = A fibre line, a good router and a cable. Everything is as it should be.

household-weak-wifi = Weak Wi-Fi
household-weak-wifi-description = The computer is too far from its router: the radio link is slow and loses packets.

household-bad-cable = A bad cable
household-bad-cable-description = The cable to the router is damaged: the link runs at a tenth of its rate and frames arrive broken.

household-bufferbloat = A router that queues too much
household-bufferbloat-description = Calls and games stutter as soon as somebody uploads or downloads something.

household-access-loss = A damaged line
household-access-loss-description = Packets are lost on the line between the home and the provider.

household-congested-interconnect = A crowded border
household-congested-interconnect-description = The connection between the provider and the video service’s network is full. Everything else is fine.

household-other = { $name }
household-other-description = A simulated home from a file.
