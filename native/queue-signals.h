/*
 * Who gets the signals by which the kernel tells net_tap that a queue has packets: the driver looks at none before.
 *
 * A worker that sleeps at a queue takes them over. All others go to a thread that does nothing else: the kernel would
 * give them to the main thread, whose event loop takes longer to wake than the packets need.
 */
#pragma once
#include <stdbool.h>

/** Gives the signals of a queue's descriptor to a thread; returns false where the kernel refuses. */
bool queue_signals_to(int fd, int thread);

/** Gives them to the thread that only hears signals, which begins with the first call. */
bool queue_signals_home(int fd);
