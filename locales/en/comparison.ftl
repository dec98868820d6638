# Two looks at one home with something changed in between.

check-comparison = Before and after a change

change-other-cable = Another cable
change-other-port = Another port
change-cable-instead-of-wifi = A cable instead of Wi-Fi
change-nearer-to-router = Nearer to the router
change-others-paused = Other devices paused
change-router-restarted = Router restarted
change-none = Looked again

# What to do before pressing the button of a change.
change-other-cable-how = Take another network cable, plug it in at both ends, and wait ten seconds.
change-other-port-how = Keep the cable and plug it into another port of the router, then wait ten seconds.
change-cable-instead-of-wifi-how = Connect this computer to the router with a cable and switch Wi-Fi off.
change-nearer-to-router-how = Carry this computer to within two metres of the router, with nothing in between.
change-others-paused-how = Pause downloads, videos and backups on every other device at home.
change-router-restarted-how = Switch the router off, wait ten seconds, switch it on, and wait until its lights are steady.

comparison-relieved = { $change ->
    [other-cable] With the other cable
    [other-port] In the other port
    [cable-instead-of-wifi] With a cable instead of Wi-Fi
    [nearer-to-router] Nearer to the router
    [others-paused] With other devices paused
    [router-restarted] After the restart of the router
   *[none] Since the look before
} { $trouble ->
    [rate] the link runs at { $after } Mbit/s; before it was { $before } Mbit/s.
    [damage] no packets arrive damaged; before there were { $before }.
    [loss-of-router] { $after } % of the packets to the router are lost; before it was { $before } %.
    [loss-of-service] { $after } % of the packets to the service are lost; before it was { $before } %.
    [delay-of-router] nine in ten answers of the router come within { $after } ms; before it was { $before } ms.
   *[delay-of-service] nine in ten answers of the service come within { $after } ms; before it was { $before } ms.
}
comparison-persists = { $change ->
    [other-cable] The other cable changes nothing:
    [other-port] The other port changes nothing:
    [cable-instead-of-wifi] A cable instead of Wi-Fi changes nothing:
    [nearer-to-router] Being nearer to the router changes nothing:
    [others-paused] Pausing other devices changes nothing:
    [router-restarted] The restart of the router changes nothing:
   *[none] Nothing has changed since the look before:
} { $trouble ->
    [rate] the link runs at { $after } Mbit/s, before { $before } Mbit/s.
    [damage] { $after } packets arrived damaged, before { $before }.
    [loss-of-router] { $after } % of the packets to the router are lost, before { $before } %.
    [loss-of-service] { $after } % of the packets to the service are lost, before { $before } %.
    [delay-of-router] nine in ten answers of the router come within { $after } ms, before { $before } ms.
   *[delay-of-service] nine in ten answers of the service come within { $after } ms, before { $before } ms.
}
comparison-unclear = { $change ->
    [none] The two looks show no difference that is more than chance.
   *[other] Whether the change helped cannot be told: there was no such trouble before, or too few packets were sent. A longer visit tells more.
}

comparison-title = Before and after
comparison-row-link = Link
comparison-row-link-mbps = Rate of the link, Mbit/s
comparison-row-signal = Signal, dBm
comparison-row-damaged = Damaged packets
comparison-row-router-loss = Lost on the way to the router
comparison-row-router-median = Median to the router, ms
comparison-row-router-p90 = Nine in ten answers of the router within, ms
comparison-row-service-loss = Lost on the way to the service
comparison-row-service-median = Median to the service, ms
comparison-row-service-p90 = Nine in ten answers of the service within, ms
comparison-column-what = What
comparison-column-before = Before
comparison-column-after = After
comparison-loss = { $loss } % of { $sent }
comparison-link-wifi = Wi-Fi
comparison-link-wired = cable
comparison-link-other = other
comparison-noticed = Demarc noticed the change by itself.

window-changes = Change one thing and compare
window-changes-lead = Demarc measures everything again and shows before and after side by side. Press the button when it is done.
