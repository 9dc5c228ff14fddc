{
  "targets": [
    {
      "target_name": "dpdk",
      "sources": [
        "addon.c",
        "args.c",
        "burst.c",
        "burst-thread.c",
        "datagram.c",
        "eal.c",
        "eal-arguments.c",
        "fast-calls.c",
        "layout.c",
        "log.c",
        "log-level.c",
        "memory.c",
        "netlink.c",
        "netlink-script.c",
        "packet.c",
        "plain.c",
        "pool.c",
        "port.c",
        "port-config.c",
        "port-control.c",
        "port-info.c",
        "port-link.c",
        "steer.c",
        "port-probe.c",
        "port-stop.c",
        "queue-signals.c",
        "queue-socket.c",
        "thread.c",
        "tuntap.c",
        "wait.c",
        "poll.c"
      ],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"],
      "cflags!": ["-Wno-unused-parameter"],
      "cflags": ["<!@(pkg-config --cflags libdpdk)", "-Wall", "-Wextra", "-O2", "-g", "-std=gnu11", "-fvisibility=hidden"],
      "ldflags": ["-Wl,--as-needed"],
      "libraries": ["<!@(pkg-config --libs libdpdk)"]
    }
  ]
}
