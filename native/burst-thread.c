#include "burst.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct burst_thread *burst_self;

static struct burst_thread *threads;
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;

int burst_thread_add(void)
{
	if (burst_self != NULL)
		return 0;
	burst_self = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_SIZE);
	if (burst_self == NULL)
		return ENOMEM;
	*burst_self = (struct burst_thread){0};
	pthread_mutex_lock(&threads_lock);
	burst_self->next = threads;
	threads = burst_self;
	pthread_mutex_unlock(&threads_lock);
	return 0;
}

void burst_thread_remove(void)
{
	if (burst_self == NULL)
		return;
	pthread_mutex_lock(&threads_lock);
	struct burst_thread **link = &threads;
	while (*link != burst_self)
		link = &(*link)->next;
	*link = burst_self->next;
	pthread_mutex_unlock(&threads_lock);
	free(burst_self);
	burst_self = NULL;
}

int burst_prepare(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 ? 0 : errno;
}

/* The barrier stands on this side alone, so that a burst pays no fence: membarrier(2) runs it on every thread. */
void burst_wait(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	pthread_mutex_lock(&threads_lock);
	for (struct burst_thread *thread = threads; thread != NULL; thread = thread->next)
		while (atomic_load_explicit(&thread->busy, memory_order_acquire))
			sched_yield();
	pthread_mutex_unlock(&threads_lock);
}
