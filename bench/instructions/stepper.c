/*
 * stepper THREAD STEPS: counts the instructions of a thread that goes round in a loop, address by address.
 *
 * The thread is stepped from one instruction to the next by ptrace(2); the other threads of its process go on. It is
 * counted from one pass through a rare instruction to another, so that no round is counted in part. "stopped" stands
 * on a line of its own before the count and behind it: the thread stands still then until a line comes in, and what
 * it has done can be asked for. In between, "ADDRESS COUNT" for each address in hexadecimal and decimal.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

enum { PLACES = 1 << 16, SURVEY = 200000, LONGEST_ROUND = 10000000 };

struct place {
	uint64_t address;
	uint64_t count;
};

static struct place places[PLACES];

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/** Waits until the thread stands still; returns a signal that it is to have, or zero. */
static int until_still(pid_t thread)
{
	int status;

	if (waitpid(thread, &status, __WALL) < 0)
		fail("waiting for the thread");
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "the thread has ended\n");
		exit(1);
	}
	int signal = WSTOPSIG(status);
	return signal == SIGTRAP || status >> 16 != 0 ? 0 : signal;
}

/** Lets the thread do one instruction; returns the address of the next. */
static uint64_t step(pid_t thread)
{
	static int signal;

	if (ptrace(PTRACE_SINGLESTEP, thread, NULL, (void *)(intptr_t)signal) != 0)
		fail("stepping");
	signal = until_still(thread);
	errno = 0;
	uint64_t address = (uint64_t)ptrace(PTRACE_PEEKUSER, thread, (void *)offsetof(struct user, regs.rip), NULL);
	if (errno != 0)
		fail("reading the instruction pointer");
	return address;
}

static struct place *place_of(uint64_t address)
{
	uint64_t at = address * 0x9e3779b97f4a7c15ull >> 48;
	for (uint32_t tries = 0; tries < PLACES; tries++, at = (at + 1) % PLACES)
		if (places[at].count == 0 || places[at].address == address)
			return &places[at];
	fprintf(stderr, "expected at most %d different instructions\n", PLACES);
	exit(1);
}

static uint64_t count(pid_t thread, uint64_t steps)
{
	uint64_t address = 0;
	for (uint64_t i = 0; i < steps; i++) {
		address = step(thread);
		struct place *place = place_of(address);
		place->address = address;
		place->count++;
	}
	return address;
}

/** The address that comes least often, but again and again: some place that each round of the loop passes once. */
static uint64_t rarest(void)
{
	const struct place *found = NULL;
	for (uint32_t i = 0; i < PLACES; i++)
		if (places[i].count >= 4 && (found == NULL || places[i].count < found->count))
			found = &places[i];
	if (found != NULL)
		return found->address;
	fprintf(stderr, "expected a loop, found no address that the thread passed four times\n");
	exit(1);
}

static void until_at(pid_t thread, uint64_t wanted)
{
	for (uint64_t address = 0, steps = 0; address != wanted; address = count(thread, 1))
		if (++steps > LONGEST_ROUND) {
			fprintf(stderr, "the thread did not come back to where its round begins\n");
			exit(1);
		}
}

static void stand_still(void)
{
	char line[16];
	puts("stopped");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "expected a thread and a number of steps\n");
		return 2;
	}
	pid_t thread = (pid_t)atoi(argv[1]);
	if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0 || ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) != 0)
		fail("attaching to the thread");
	until_still(thread);
	count(thread, SURVEY);
	uint64_t round = rarest();
	until_at(thread, round);
	stand_still();
	memset(places, 0, sizeof(places));
	count(thread, strtoull(argv[2], NULL, 10));
	until_at(thread, round);
	for (uint32_t i = 0; i < PLACES; i++)
		if (places[i].count > 0)
			printf("%llx %llu\n", (unsigned long long)places[i].address, (unsigned long long)places[i].count);
	stand_still();
	ptrace(PTRACE_DETACH, thread, NULL, NULL);
	return 0;
}
