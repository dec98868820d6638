## The page that a browser measures on (demarc serve)

peer-title = How good is the way to that computer?
peer-lead-home = This page measures from here to the computer on which Demarc runs. The internet has no part in it, so what is slow here is slow at home: the Wi-Fi, or a cable.
peer-lead-away = This page measures from here to the computer on which Demarc runs, with everything that lies between: your home, your provider, and whatever comes behind.
peer-start = Measure for 17 seconds
peer-measuring = Measuring …
peer-done = Done. Go to another place and measure again to compare.
peer-failed = It broke off. Stay in the home’s network and try again.
peer-download = Towards here
peer-upload = From here
peer-response = Answers, line idle
peer-response-loaded = Answers, line full
peer-meaning-home = If both rates are well above what your contract promises, and answers stay below 30 ms, the way inside your home does not slow you down.
peer-noscript = The measuring is done by JavaScript, which this browser has switched off.
