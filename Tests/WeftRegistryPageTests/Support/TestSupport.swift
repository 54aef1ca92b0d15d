@_exported import WeftTestSupport
