/*
 * A DPDK application that sends packets out of its first port and takes them back at its second, one thread for
 * both, so that one clock stamps them:
 *
 *   generator EAL-ARGUMENTS -- FRAMES.pcap
 *
 * It prints "ready" once both ports run. Then each line of its input, "RATE MILLISECONDS" with the rate in packets a
 * second or 0 for as fast as possible, is answered by one line of JSON. Latencies are in nanoseconds, from just before
 * a packet is handed to the first port until just after the second port gave it back; 0 with rate 0.
 *
 * What a full port does not take is lost and not sent later, so that a router that stood still for a moment does not
 * meet a flood afterwards.
 *
 * A thread that shares its core is now and then not running. When a turn of the loop took longer than STALL_NS, the
 * time is taken off the measurement, and what was on its way meanwhile has no latency: it is counted as excluded.
 */
#include <inttypes.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BURST = 32,
	DESCRIPTORS = 1024,
	MBUFS = 16383,
	MAX_FRAMES = 4096,
	MAX_FRAME = 1514,
	PCAP_HEADER = 24,
	PCAP_RECORD = 16,
	UDP_CHECKSUM_AT = 40, /* zero is "none" in IPv4 (RFC 768) */
	STAMP_AT = 44,        /* in the UDP payload, behind two bytes of zeros */
	BUCKET_NS = 50,
	BUCKETS = 400000, /* 20 ms; the last takes what is longer */
	STALL_NS = 10000,
	LINGER_MS = 20, /* what is on its way at the end is waited for */
};

static const uint32_t MAGIC = 0x6d696c6c;

struct stamp {
	uint32_t magic;
	uint32_t run;
	uint64_t cycles;
} __attribute__((packed));

struct frame {
	uint16_t length;
	uint8_t bytes[MAX_FRAME];
};

struct run {
	uint64_t start, end, last, stalled, stall_end;
	bool unpaced; /* full rings and nothing else make the latency then: none is noted */
	uint64_t offered, sent, received, tries, full, stalls, excluded, longest;
};

static struct frame frames[MAX_FRAMES];
static unsigned frame_count;
static uint64_t histogram[BUCKETS];
static uint32_t run_number;
static struct rte_mempool *pool;

static void read_frames(const char *path);
static void open_port(uint16_t port);
static void measure(double rate, double milliseconds);

int main(int argc, char **argv)
{
	int used = rte_eal_init(argc, argv);
	if (used < 0)
		rte_exit(EXIT_FAILURE, "EAL did not start\n");
	if (argc - used != 2)
		rte_exit(EXIT_FAILURE, "expected one argument, a pcap file, got %d\n", argc - used - 1);
	if (rte_eth_dev_count_avail() != 2)
		rte_exit(EXIT_FAILURE, "expected 2 ports, got %u\n", rte_eth_dev_count_avail());
	read_frames(argv[used + 1]);
	pool = rte_pktmbuf_pool_create("packets", MBUFS, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		rte_exit(EXIT_FAILURE, "no memory for packets\n");
	open_port(0);
	open_port(1);
	printf("ready\n");
	fflush(stdout);
	for (char line[128]; fgets(line, sizeof line, stdin) != NULL;) {
		double rate, milliseconds;
		if (sscanf(line, "%lf %lf", &rate, &milliseconds) != 2 || rate < 0 || milliseconds <= 0)
			rte_exit(EXIT_FAILURE, "expected RATE MILLISECONDS, got %s\n", line);
		measure(rate, milliseconds);
	}
	return 0;
}

static void read_frames(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, PCAP_HEADER, SEEK_SET) != 0)
		rte_exit(EXIT_FAILURE, "cannot read %s\n", path);
	uint32_t record[PCAP_RECORD / 4];
	while (frame_count < MAX_FRAMES && fread(record, PCAP_RECORD, 1, file) == 1) {
		struct frame *frame = &frames[frame_count++];
		if (record[2] < STAMP_AT + sizeof(struct stamp) || record[2] > MAX_FRAME)
			rte_exit(EXIT_FAILURE, "expected frames of %zu to %d bytes, got %u\n",
				 STAMP_AT + sizeof(struct stamp), MAX_FRAME, record[2]);
		frame->length = record[2];
		if (fread(frame->bytes, frame->length, 1, file) != 1)
			rte_exit(EXIT_FAILURE, "%s ends within a frame\n", path);
		memset(frame->bytes + UDP_CHECKSUM_AT, 0, 2);
	}
	fclose(file);
	if (frame_count == 0)
		rte_exit(EXIT_FAILURE, "expected frames in %s, found none\n", path);
}

static void open_port(uint16_t port)
{
	struct rte_eth_conf conf;
	memset(&conf, 0, sizeof conf);
	if (rte_eth_dev_configure(port, 1, 1, &conf) < 0 ||
	    rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, pool) < 0 ||
	    rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL) < 0 || rte_eth_dev_start(port) < 0)
		rte_exit(EXIT_FAILURE, "port %u did not start\n", port);
	rte_eth_promiscuous_enable(port);
}

static uint64_t nanoseconds(uint64_t cycles)
{
	return (uint64_t)((double)cycles * 1e9 / (double)rte_get_tsc_hz());
}

static uint64_t cycles_of(double milliseconds)
{
	return (uint64_t)(milliseconds / 1e3 * (double)rte_get_tsc_hz());
}

static unsigned due(const struct run *run, double rate, uint64_t now)
{
	if (rate == 0)
		return BURST;
	double elapsed = (double)(now - run->start - run->stalled) / (double)rte_get_tsc_hz();
	double missing = elapsed * rate - (double)run->offered;
	return missing < 0 ? 0 : missing < BURST ? (unsigned)missing : BURST;
}

static void send_burst(struct run *run, unsigned count)
{
	static unsigned next;
	struct rte_mbuf *packets[BURST];
	if (count == 0 || rte_pktmbuf_alloc_bulk(pool, packets, count) != 0)
		return;
	const struct stamp stamp = {MAGIC, run_number, rte_rdtsc()};
	for (unsigned i = 0; i < count; i++) {
		const struct frame *frame = &frames[next];
		next = next + 1 == frame_count ? 0 : next + 1;
		uint8_t *bytes = rte_pktmbuf_mtod(packets[i], uint8_t *);
		memcpy(bytes, frame->bytes, frame->length);
		memcpy(bytes + STAMP_AT, &stamp, sizeof stamp);
		packets[i]->pkt_len = packets[i]->data_len = frame->length;
	}
	unsigned sent = rte_eth_tx_burst(0, 0, packets, count);
	run->offered += count;
	run->sent += sent;
	run->tries++;
	if (sent < count) {
		run->full++;
		rte_pktmbuf_free_bulk(packets + sent, count - sent);
	}
}

static void take(struct run *run, const struct rte_mbuf *packet, uint64_t now)
{
	struct stamp stamp;
	if (packet->data_len < STAMP_AT + sizeof stamp)
		return;
	memcpy(&stamp, rte_pktmbuf_mtod_offset(packet, const uint8_t *, STAMP_AT), sizeof stamp);
	if (stamp.magic != MAGIC || stamp.run != run_number)
		return;
	run->received++;
	if (run->unpaced)
		return;
	if (stamp.cycles < run->stall_end) {
		run->excluded++;
		return;
	}
	uint64_t latency = nanoseconds(now - stamp.cycles);
	uint64_t bucket = latency / BUCKET_NS;
	histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
	if (latency > run->longest)
		run->longest = latency;
}

static void receive_burst(struct run *run)
{
	struct rte_mbuf *packets[BURST * 2];
	unsigned count = rte_eth_rx_burst(1, 0, packets, BURST * 2);
	if (count == 0)
		return;
	uint64_t now = rte_rdtsc();
	for (unsigned i = 0; i < count; i++)
		take(run, packets[i], now);
	rte_pktmbuf_free_bulk(packets, count);
}

/* Takes the time since the last turn off the run when this thread cannot have been running all the time. */
static void note_stall(struct run *run, uint64_t now, uint64_t limit)
{
	if (now - run->last > limit) {
		run->stalls++;
		run->stalled += now - run->last;
		run->end += now - run->last;
		run->stall_end = now;
	}
	run->last = now;
}

static uint64_t percentile(const struct run *run, double share)
{
	if (run->unpaced)
		return 0;
	uint64_t wanted = (uint64_t)((double)(run->received - run->excluded) * share), seen = 0;
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		seen += histogram[bucket];
		if (seen > wanted)
			return (uint64_t)bucket * BUCKET_NS;
	}
	return run->longest;
}

static void report(const struct run *run, double seconds)
{
	printf("{\"seconds\":%.6f,\"offered\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"received\":%" PRIu64, seconds, run->offered,
	       run->sent, run->received);
	printf(",\"tries\":%" PRIu64 ",\"full\":%" PRIu64, run->tries, run->full);
	printf(",\"stalls\":%" PRIu64 ",\"stalledSeconds\":%.6f,\"excluded\":%" PRIu64, run->stalls,
	       (double)nanoseconds(run->stalled) / 1e9, run->excluded);
	printf(",\"medianNs\":%" PRIu64 ",\"p99Ns\":%" PRIu64 ",\"p999Ns\":%" PRIu64 ",\"longestNs\":%" PRIu64 "}\n",
	       percentile(run, 0.5), percentile(run, 0.99), percentile(run, 0.999), run->longest);
	fflush(stdout);
}

static void measure(double rate, double milliseconds)
{
	const uint64_t limit = (uint64_t)((double)STALL_NS / 1e9 * (double)rte_get_tsc_hz());
	memset(histogram, 0, sizeof histogram);
	run_number++;
	struct run run = {.start = rte_rdtsc(), .unpaced = rate == 0};
	run.last = run.start;
	run.end = run.start + cycles_of(milliseconds);
	for (uint64_t now = run.start; now < run.end; now = rte_rdtsc()) {
		note_stall(&run, now, limit);
		send_burst(&run, due(&run, rate, now));
		receive_burst(&run);
	}
	const uint64_t linger = run.last + cycles_of(LINGER_MS);
	for (uint64_t now = run.last; now < linger; now = rte_rdtsc()) {
		note_stall(&run, now, limit);
		receive_burst(&run);
	}
	report(&run, milliseconds / 1e3);
}
