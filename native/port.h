/* Ports: any device that DPDK can probe. Control calls; the addon runs one of them at a time. */
#pragma once
#include <node_api.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "args.h"

/** Reads a port id and checks that the port exists; where it is still being stopped, waits for that. */
bool arg_port(const struct call *call, size_t index, uint16_t *out);

/** The largest MTU that rte_eth_dev_set_mtu takes: some drivers limit the frame more than the MTU. */
uint32_t port_max_mtu(const struct rte_eth_dev_info *device);

/** Held while devices come or go: EAL keeps their list without a lock. */
extern pthread_mutex_t port_devices_lock;

/** Stops and closes every port. */
void port_close_all(void);

/* port-stop.c */
/** Takes a port from all workers, and stops its device, maybe on another thread. */
void port_stop_begin(uint16_t port);
/** Returns when a device that is being stopped has been. */
void port_stop_finish(uint16_t port);

/* port-probe.c */
/** portProbe(devargs) → ids of the new ports. */
napi_value port_probe(napi_env env, napi_callback_info info);
/** portProbeBegin(devargs) → the same later, from another thread; other calls may be made meanwhile. */
napi_value port_probe_begin(napi_env env, napi_callback_info info);

/* port.c: life */
/** portFind(device) → id, or -1. */
napi_value port_find(napi_env env, napi_callback_info info);
/** portList() → ids. */
napi_value port_list(napi_env env, napi_callback_info info);
napi_value port_start(napi_env env, napi_callback_info info);
/** portStop(port): when it returns, no worker uses the port; the next call that names the port waits for the device. */
napi_value port_stop(napi_env env, napi_callback_info info);
/** portClose(port): stops, closes and removes the device when this was its last port. */
napi_value port_close(napi_env env, napi_callback_info info);

/* port-config.c */
/** portConfigure(port, {rxQueues, txQueues, rxSize, txSize, mtu, rxOffloads, txOffloads, rss, linkInterrupt}). */
napi_value port_configure(napi_env env, napi_callback_info info);

/* port-info.c */
napi_value port_info(napi_env env, napi_callback_info info);
napi_value port_stats(napi_env env, napi_callback_info info);
napi_value port_xstats(napi_env env, napi_callback_info info);
napi_value port_xstats_reset(napi_env env, napi_callback_info info);

/* port-control.c: what may change while the port runs */
napi_value port_set_mac(napi_env env, napi_callback_info info);
napi_value port_add_mac(napi_env env, napi_callback_info info);
napi_value port_remove_mac(napi_env env, napi_callback_info info);
napi_value port_set_mtu(napi_env env, napi_callback_info info);
napi_value port_set_promiscuous(napi_env env, napi_callback_info info);
napi_value port_set_allmulticast(napi_env env, napi_callback_info info);

/* port-link.c */
napi_value port_link(napi_env env, napi_callback_info info);
/** onLinkChange(callback(port)): one callback per process; replaces the one before. */
napi_value port_on_link_change(napi_env env, napi_callback_info info);
/** Tells link changes of a port; called when it is configured and before it is closed. */
int port_link_watch(uint16_t port);
void port_link_unwatch(uint16_t port);
