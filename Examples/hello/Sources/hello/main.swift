import WeftHost

await WeftService(name: "hello", version: "1.0.0") { Greeter() }.run()
