/*
 * Bursts of plain packets, which nearly all are: one segment in its own buffer of the pool. What packet.h asks packet by
 * packet is asked here of a whole burst, as many offsets and fields at a time as a vector holds, and no packet decides a branch.
 * Whoever gets "false" asks packet by packet, which also tells which one is different, and how.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

/** Turns offsets that came from WebAssembly into mbufs; false when one is no plain packet that may be sent. */
bool plain_to_send(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs);

/** Turns received mbufs into offsets; false when one is no plain packet of the pool. */
bool plain_received(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets);
