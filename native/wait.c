#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "args.h"
#include "burst.h"
#include "memory.h"
#include "queue-signals.h"
#include "queue-socket.h"

#define MAX_WATCHED_QUEUES 16
#define MAX_QUEUES 64
#define NS_PER_SECOND 1000000000u
/* Owners of a queue's signals that are no worker: nobody yet, and nobody ever where its driver asks for none. */
#define NOBODY 0
#define NO_SIGNALS (-1)

/* A queue's descriptor, and the worker that gets the signals which its driver may have asked the kernel for. */
struct watched {
	int fd;
	int owner;
};

/* A port's queues. `count` is read first, by a thread that is inside (see struct waiter). */
struct watched_port {
	atomic_uint count;
	struct watched queues[MAX_WATCHED_QUEUES];
};

/* A thread that may sleep; `turns` is odd while it is inside, where it uses descriptors of ports. */
struct waiter {
	atomic_uint turns;
	int thread;
	int wake;
	struct waiter *next;
};

static struct watched_port ports[RTE_MAX_ETHPORTS];
static struct waiter *waiters;
static pthread_mutex_t waiters_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t owners_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread struct waiter *self;

static bool numbers(napi_env env, napi_callback_info info, uint32_t *out);
static uint32_t sleep_at(const uint16_t *queues, uint32_t count, uint32_t blind_ns, uint32_t longest_ns);
static struct watched *watched_at(uint16_t port, uint16_t queue);
static uint32_t sleep_with(struct pollfd *polled, struct watched **queues, nfds_t count, uint32_t ns);
static void enter(void);
static void leave(void);
static void take_signals(struct watched *queue);
static void give_signals_back(void);
static void give_back(struct watched *queue);
static void ring(const struct waiter *waiter);
static void silence(const struct waiter *waiter);

bool wait_needs_interrupts(const struct rte_eth_dev_info *device)
{
	return device->driver_name != NULL && strcmp(device->driver_name, "net_tap") == 0;
}

/*
 * What is needed is a descriptor that is readable while a packet waits, without anything to arm or to read, and that
 * lives from the port's start to its stop. vhost and memif change theirs whenever a peer comes or goes, without a word.
 */
void wait_watch_port(uint16_t port, uint16_t rx_queues)
{
	struct rte_eth_dev_info device;
	struct watched_port *watched = &ports[port];
	uint16_t count = 0;

	if (rte_eth_dev_info_get(port, &device) != 0 || !(wait_needs_interrupts(&device) || queue_sockets_has(&device)))
		return;
	bool signals = wait_needs_interrupts(&device);
	for (; count < RTE_MIN(rx_queues, MAX_WATCHED_QUEUES); count++) {
		struct watched *queue = &watched->queues[count];
		queue->fd = signals ? rte_eth_dev_rx_intr_ctl_q_get_fd(port, count) : queue_sockets_of(port, count);
		queue->owner = signals ? NOBODY : NO_SIGNALS;
		if (queue->fd < 0)
			break;
		if (signals)
			queue_signals_home(queue->fd);
	}
	atomic_store(&watched->count, count);
}

void wait_forget_port(uint16_t port)
{
	unsigned int count = atomic_exchange(&ports[port].count, 0);

	pthread_mutex_lock(&waiters_lock);
	for (struct waiter *waiter = waiters; waiter != NULL; waiter = waiter->next) {
		unsigned int turns = atomic_load(&waiter->turns);
		if (turns % 2 == 0)
			continue;
		ring(waiter);
		while (atomic_load(&waiter->turns) == turns)
			sched_yield();
	}
	pthread_mutex_unlock(&waiters_lock);
	for (unsigned int queue = 0; queue < count; queue++)
		give_back(&ports[port].queues[queue]);
}

int wait_thread_add(void)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));
	if (waiter == NULL)
		return ENOMEM;
	waiter->thread = gettid();
	waiter->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (waiter->wake < 0) {
		int error = errno;
		free(waiter);
		return error;
	}
	pthread_mutex_lock(&waiters_lock);
	waiter->next = waiters;
	waiters = waiter;
	pthread_mutex_unlock(&waiters_lock);
	self = waiter;
	return 0;
}

void wait_thread_remove(void)
{
	if (self == NULL)
		return;
	enter();
	give_signals_back();
	leave();
	pthread_mutex_lock(&waiters_lock);
	struct waiter **link = &waiters;
	while (*link != self)
		link = &(*link)->next;
	*link = self->next;
	pthread_mutex_unlock(&waiters_lock);
	close(self->wake);
	free(self);
	self = NULL;
}

napi_value wait_for_packets(napi_env env, napi_callback_info info)
{
	uint32_t a[4]; /* queuesOffset, count, blindNs, longestNs */
	uint32_t came = 0;

	if (self == NULL || !numbers(env, info, a) || a[1] > MAX_QUEUES || a[0] % sizeof(uint32_t) != 0 ||
		packets.base == NULL || (uint64_t)a[0] + a[1] * sizeof(uint32_t) > packets.base_length)
		return make_u32(env, 0);
	enter();
	if (a[3] == 0)
		give_signals_back();
	else
		came = sleep_at((const uint16_t *)(void *)(packets.base + a[0]), a[1], a[2], a[3]);
	leave();
	return make_u32(env, came);
}

napi_value wait_wake(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t thread;
	bool found = false;
	napi_value result = NULL;

	if (!call_begin(&call, env, info, "wake a worker", 1) || !arg_u32(&call, 0, "thread", INT32_MAX, &thread))
		return NULL;
	pthread_mutex_lock(&waiters_lock);
	for (const struct waiter *waiter = waiters; waiter != NULL && !found; waiter = waiter->next) {
		found = waiter->thread == (int)thread;
		if (found)
			ring(waiter);
	}
	pthread_mutex_unlock(&waiters_lock);
	napi_get_boolean(env, found, &result);
	return result;
}

static bool numbers(napi_env env, napi_callback_info info, uint32_t *out)
{
	napi_value values[4];
	size_t given = 4;

	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (napi_get_value_uint32(env, values[i], &out[i]) != napi_ok)
			return false;
	return true;
}

static uint32_t sleep_at(const uint16_t *queues, uint32_t count, uint32_t blind_ns, uint32_t longest_ns)
{
	struct pollfd polled[MAX_QUEUES + 1];
	struct watched *watched[MAX_QUEUES];
	nfds_t seen = 0;

	for (uint32_t i = 0; i < count; i++) {
		watched[seen] = watched_at(queues[i * 2], queues[i * 2 + 1]);
		if (watched[seen] == NULL)
			continue;
		take_signals(watched[seen]);
		polled[seen] = (struct pollfd){.fd = watched[seen]->fd, .events = POLLIN};
		seen++;
	}
	return sleep_with(polled, watched, seen, seen == count ? longest_ns : RTE_MIN(blind_ns, longest_ns));
}

static struct watched *watched_at(uint16_t port, uint16_t queue)
{
	if (port >= RTE_MAX_ETHPORTS || queue >= atomic_load(&ports[port].count) || ports[port].queues[queue].fd < 0)
		return NULL;
	return &ports[port].queues[queue];
}

/* A descriptor that has only errors to tell (its TAP was deleted by somebody) is not watched again. */
static uint32_t sleep_with(struct pollfd *polled, struct watched **queues, nfds_t count, uint32_t ns)
{
	const struct timespec time = {.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};
	uint32_t came = 0;

	polled[count] = (struct pollfd){.fd = self->wake, .events = POLLIN};
	int ready = ppoll(polled, count + 1, &time, NULL);
	if (ready < 0)
		return errno == EINTR; /* by the signal that a driver asks for when a packet comes */
	if (polled[count].revents != 0)
		silence(self);
	for (nfds_t i = 0; ready > 0 && i < count; i++) {
		came |= (polled[i].revents & POLLIN) != 0;
		if ((polled[i].revents & (POLLERR | POLLNVAL)) != 0)
			queues[i]->fd = -1;
	}
	return came;
}

/* Sequentially consistent, as wait_forget_port writes and reads the other way round. */
static void enter(void)
{
	atomic_fetch_add(&self->turns, 1);
}

static void leave(void)
{
	atomic_fetch_add(&self->turns, 1);
}

/* While a worker sleeps, and for a while after, it gets the signals itself: over another thread they would take longer. */
static void take_signals(struct watched *queue)
{
	if (queue->owner == NO_SIGNALS)
		return;
	pthread_mutex_lock(&owners_lock);
	if (queue->owner != self->thread && queue_signals_to(queue->fd, self->thread))
		queue->owner = self->thread;
	pthread_mutex_unlock(&owners_lock);
}

/* Before the thread ends, or the kernel would have nobody to tell. */
static void give_signals_back(void)
{
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++)
		for (unsigned int queue = 0; queue < atomic_load(&ports[port].count); queue++)
			if (ports[port].queues[queue].owner == self->thread)
				give_back(&ports[port].queues[queue]);
}

static void give_back(struct watched *queue)
{
	pthread_mutex_lock(&owners_lock);
	if (queue->owner > NOBODY && queue_signals_home(queue->fd))
		queue->owner = NOBODY;
	pthread_mutex_unlock(&owners_lock);
}

static void ring(const struct waiter *waiter)
{
	const uint64_t one = 1;
	ssize_t written = write(waiter->wake, &one, sizeof(one)); /* full is as good as written */
	(void)written;
}

static void silence(const struct waiter *waiter)
{
	uint64_t count;
	ssize_t got = read(waiter->wake, &count, sizeof(count));
	(void)got;
}
