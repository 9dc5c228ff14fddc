#include "queue-signals.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t begun;
/* The thread that hears signals; 0 where there could be none, and the process gets them. */
static pid_t listener;

static void start(void);
static void *listen_to_signals(void *unused);

bool queue_signals_to(int fd, int thread)
{
	struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = thread};

	return fcntl(fd, F_SETOWN_EX, &owner) == 0;
}

bool queue_signals_home(int fd)
{
	struct f_owner_ex process = {.type = F_OWNER_PID, .pid = getpid()};

	pthread_once(&once, start);
	return listener != 0 ? queue_signals_to(fd, listener) : fcntl(fd, F_SETOWN_EX, &process) == 0;
}

/* The thread inherits the mask that it shall have: real-time signals, which the driver takes, and no others. */
static void start(void)
{
	sigset_t all_but_queues, before;
	pthread_t thread;

	sem_init(&begun, 0, 0);
	sigfillset(&all_but_queues);
	for (int signal = SIGRTMIN; signal <= SIGRTMAX; signal++)
		sigdelset(&all_but_queues, signal);
	pthread_sigmask(SIG_SETMASK, &all_but_queues, &before);
	int error = pthread_create(&thread, NULL, listen_to_signals, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		return;
	pthread_setname_np(thread, "queue-signals");
	pthread_detach(thread);
	while (sem_wait(&begun) != 0)
		continue;
}

static void *listen_to_signals(void *unused)
{
	(void)unused;
	listener = gettid();
	sem_post(&begun);
	for (;;)
		pause();
	return NULL;
}
