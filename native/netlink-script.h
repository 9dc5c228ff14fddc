/*
 * An exchange with rtnetlink: messages go to the kernel one after another until it refuses one, and all that it
 * answered is kept. What the messages say is JavaScript's business; here only their frame is known (netlink(7)).
 * Between messages the exchange may enter another network namespace, and write to files below /proc.
 *
 * A script is steps, each padded to a multiple of four:
 *
 *   | kind 4 | length 4 | MESSAGE: one message | ENTER: the path of a namespace | WRITE: the path of a file, 0, a text |
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_script {
	/* The steps; the numbers of messages are set in them. */
	uint8_t *bytes;
	size_t length;
	/* Of the namespace that the thread is in; -1 before the first message there. */
	int socket;
	uint32_t sequence;
	/* The kernel has refused a message: the last one that it answered. */
	bool refused;
	/* All answers, to be freed by whoever has the script. */
	uint8_t *answer;
	size_t answered;
	/* A positive errno, and what failed, where there was no talking; a refusal is none. */
	int error;
	const char *failed;
};

/** Takes all steps in the calling thread, and leaves it in the namespace that was entered last. */
void netlink_run(struct netlink_script *script);
