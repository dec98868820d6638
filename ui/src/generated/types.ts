// Generated from Rust by `make types`; not edited by hand.

/**
 * What the user does during a visit.
 */
export type Action = { "kind": "answer",
/**
 * Question id.
 */
question: string,
/**
 * One of the question's options.
 */
value: string, } | { "kind": "cancel" } | { "kind": "resume" } | { "kind": "check-again",
/**
 * First step measured again.
 */
from: Step,
/**
 * What was changed, where the user says so; then everything is measured again and compared.
 */
change: Change | null, } | { "kind": "conclude" } | { "kind": "modem-page",
/**
 * The page, as HTML or as text.
 */
text: string, } | { "kind": "walk",
/**
 * Whether to show it.
 */
on: boolean, };

/**
 * Other machines that claim an address of this computer.
 */
export type AddressOwners = {
/**
 * Hardware addresses of the others that answered for it, at most 4.
 */
others: Array<string>, };

/**
 * How a place answered.
 */
export type Answers = {
/**
 * Lost probes among those sent.
 */
loss: Proportion,
/**
 * How many independent probes one probe is worth, above 0 to 1: below 1 where loss comes in bursts.
 */
independence: number,
/**
 * Median round-trip time in milliseconds.
 */
median_ms: number | null,
/**
 * 90th percentile in milliseconds.
 */
p90_ms: number | null, };

/**
 * A value inside a sentence. Text from outside (an SSID, a host name) is bounded and stripped of control characters.
 */
export type Arg = number | string;

/**
 * The most a request may take.
 */
export type Bounds = {
/**
 * Longest time, in milliseconds.
 */
time_ms: number,
/**
 * Most bytes sent and received together.
 */
bytes: number, };

/**
 * One pair of wires.
 */
export type CablePair = {
/**
 * Which pair: 0 is pins 1 and 2, 1 is pins 3 and 6, 2 is pins 4 and 5, 3 is pins 7 and 8.
 */
pair: number,
/**
 * How it is.
 */
state: PairState,
/**
 * How far away from this computer the fault is, in centimetres, where that was measured.
 */
distance_cm: number | null, };

/**
 * What a test of the cable's wires by the network adapter found.
 */
export type CableTest = {
/**
 * Interface name.
 */
interface: string,
/**
 * One entry for each pair of wires that was told of, at most 4.
 */
pairs: Array<CablePair>,
/**
 * Carrier changes since the interface exists, when the link was back: the test makes some.
 */
carrier_changes: number | null, };

/**
 * Lanes probed together for a while, with transfers that load the line in parts of it.
 */
export type Campaign = {
/**
 * Places probed at the same time; at most [`Campaign::MOST_LANES`] are performed.
 */
lanes: Array<Lane>,
/**
 * How long probes are sent, in milliseconds.
 */
duration_ms: number,
/**
 * Transfers that fill the line during parts of the campaign; may be empty.
 */
loads: Array<Load>, };

/**
 * What a campaign saw.
 */
export type CampaignResult = {
/**
 * One entry a lane, in the order asked.
 */
lanes: Array<LaneResult>,
/**
 * One entry a load, in the order asked.
 */
loads: Array<LoadResult>, };

/**
 * One explanation with its probability.
 */
export type Candidate = {
/**
 * Who would have to act.
 */
party: Party,
/**
 * Where the fault would be; `None` for healthy.
 */
segment: Segment | null,
/**
 * Which fault it would be; `None` for healthy.
 */
fault: Fault | null,
/**
 * Probability, 0 to 1.
 */
probability: number, };

/**
 * What was changed in the home between two looks.
 */
export type Change = "other-cable" | "other-port" | "cable-instead-of-wifi" | "nearer-to-router" | "others-paused" | "router-restarted";

/**
 * One channel of 20 MHz.
 */
export type ChannelUse = {
/**
 * Frequency in MHz.
 */
frequency_mhz: number,
/**
 * Noise in dBm.
 */
noise_dbm: number | null,
/**
 * Share of its time, 0 to 1, that it was busy.
 */
busy_share: number | null, };

/**
 * One check on a page.
 */
export type CheckView = {
/**
 * The check's id; its name is the message `check-<id>`, why it matters `check-<id>-why`, what good would be `check-<id>-good`.
 */
id: string,
/**
 * Where it stands.
 */
state: State,
/**
 * Why it does not apply, is blocked or failed.
 */
why: Phrase | null,
/**
 * What it found.
 */
findings: Array<Finding>,
/**
 * Ids of its observations.
 */
observations: Array<string>, };

/**
 * Offset of this computer's clock.
 */
export type ClockOffset = {
/**
 * This computer's clock is this many milliseconds behind the server's (negative: ahead).
 */
offset_ms: number,
/**
 * Round-trip time of the query in milliseconds.
 */
rtt_ms: number, };

/**
 * The home before and after a change, side by side.
 */
export type Comparison = {
/**
 * What was changed; `None` when nobody said and nothing of it was seen.
 */
change: Change | null,
/**
 * Whether the change was seen by itself rather than told.
 */
noticed: boolean,
/**
 * What the change did to the trouble.
 */
effect: Effect,
/**
 * The look before.
 */
before: Look,
/**
 * The look after.
 */
after: Look,
/**
 * What that means, in the language of the run.
 */
summary: string,
/**
 * The same sentence, to be told in another language.
 */
summary_phrase: Phrase,
/**
 * Ids of the observations of the look before.
 */
earlier: Array<string>, };

/**
 * Interface counters, in packets, since the interface exists.
 */
export type Counters = {
/**
 * Packets received.
 */
received: number,
/**
 * Packets sent.
 */
sent: number,
/**
 * Packets received damaged, of any kind.
 */
receive_errors: number,
/**
 * Packets that could not be sent, of any kind.
 */
send_errors: number,
/**
 * Packets received with a wrong checksum.
 */
crc_errors: number,
/**
 * Packets received misaligned.
 */
frame_errors: number,
/**
 * Collisions, late ones included.
 */
collisions: number,
/**
 * Packets dropped on receipt by this computer.
 */
receive_dropped: number,
/**
 * Collisions after a packet's first 64 bytes, which only a link whose ends disagree about duplex or that is too long has.
 */
late_collisions: number,
/**
 * Packets that came while the adapter had no room for them.
 */
receive_missed: number, };

/**
 * Everything the welcome page offers.
 */
export type Description = {
/**
 * Version of Demarc.
 */
version: string,
/**
 * Languages spoken, sorted.
 */
languages: Array<string>,
/**
 * The language of this session.
 */
language: string,
/**
 * Services named in the configuration.
 */
services: Array<NamedHost>,
/**
 * Every other host that a visit may talk to.
 */
contacts: Array<string>,
/**
 * What the configuration says the contract promises.
 */
promised: Promised,
/**
 * Names of the simulated homes.
 */
households: Array<string>,
/**
 * What can go wrong.
 */
symptoms: Array<Symptom>,
/**
 * What each profile costs at most.
 */
profiles: Array<ProfileCost>,
/**
 * Why the configuration file is not used, when it is not.
 */
problem: string | null, };

/**
 * What one DHCP server offered.
 */
export type DhcpOffer = {
/**
 * The server.
 */
server: string,
/**
 * The router it names.
 */
router: string | null,
/**
 * The name servers it names, at most 4.
 */
name_servers: Array<string>, };

/**
 * Who hands out addresses on this network.
 */
export type DhcpServers = {
/**
 * One entry for each server that offered an address, at most 8.
 */
offers: Array<DhcpOffer>, };

/**
 * Direction of a transfer, seen from the home.
 */
export type Direction = "down" | "up";

/**
 * DNS record type.
 */
export type DnsRecord = "a" | "aaaa" | "version";

/**
 * Answers to DNS queries.
 */
export type DnsReplies = {
/**
 * One entry a query.
 */
replies: Array<DnsReply>, };

/**
 * One DNS query's fate.
 */
export type DnsReply = {
/**
 * Time to the answer in milliseconds; `None` when none came in time.
 */
elapsed_ms: number | null,
/**
 * Response code as in the IANA registry (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, ...).
 */
code: string | null,
/**
 * Addresses in the answer, at most 16.
 */
addresses: Array<string>,
/**
 * What went wrong instead of an answer (`timed out`, `port unreachable`).
 */
error: string | null, };

/**
 * One channel towards the home.
 */
export type DocsisDown = {
/**
 * Frequency in MHz.
 */
frequency_mhz: number | null,
/**
 * Received power in dBmV.
 */
power_dbmv: number | null,
/**
 * Signal-to-noise or modulation-error ratio in dB.
 */
mer_db: number | null,
/**
 * Points of the modulation: 64, 256, 4096.
 */
qam: number | null,
/**
 * Codewords that were mended.
 */
corrected: number | null,
/**
 * Codewords that were lost.
 */
uncorrected: number | null, };

/**
 * One channel away from the home.
 */
export type DocsisUp = {
/**
 * Frequency in MHz.
 */
frequency_mhz: number | null,
/**
 * Sent power in dBmV.
 */
power_dbmv: number | null, };

/**
 * A DSL line.
 */
export type Dsl = {
/**
 * Towards the home.
 */
down: DslDirection,
/**
 * Away from it.
 */
up: DslDirection, };

/**
 * One direction of a DSL line.
 */
export type DslDirection = {
/**
 * Rate that the ends agreed on, in kbit/s.
 */
rate_kbps: number | null,
/**
 * Rate that the line could carry, in kbit/s.
 */
attainable_kbps: number | null,
/**
 * Distance to the noise at which it would fail, in dB.
 */
margin_db: number | null,
/**
 * Attenuation in dB.
 */
attenuation_db: number | null,
/**
 * Damaged blocks (CRC).
 */
crc_errors: number | null, };

/**
 * Duplex mode of a wired link.
 */
export type Duplex = "full" | "half";

/**
 * One probe and its answer.
 */
export type Echo = {
/**
 * When it was sent, in milliseconds since the campaign's start.
 */
sent_ms: number,
/**
 * Round-trip time in milliseconds; `None` when no answer came in time.
 */
rtt_ms: number | null, };

/**
 * What a change did to the trouble.
 */
export type Effect = "relieved" | "persists" | "unclear";

/**
 * Energy-efficient Ethernet (IEEE 802.3az): the link sleeps between packets.
 */
export type EnergySaving = {
/**
 * Whether it is switched on at this end.
 */
enabled: boolean,
/**
 * Whether both ends agreed to use it.
 */
active: boolean, };

/**
 * The circumstances of a visit.
 */
export type Environment = {
/**
 * Operating system.
 */
system: string,
/**
 * Its version.
 */
system_version: string,
/**
 * Services the user has trouble with.
 */
services: Array<string>,
/**
 * Answers to the wizard's questions, by question id.
 */
answers: { [key in string]: string },
/**
 * Name of the simulated household; `None` on a real network.
 */
household?: string | null,
/**
 * What the contract promises towards the home, in Mbit/s.
 */
promised_down_mbps?: number | null,
/**
 * What the contract promises from the home, in Mbit/s.
 */
promised_up_mbps?: number | null,
/**
 * Language of the sentences in this run.
 */
language: string,
/**
 * Whether the visit was stopped before every check had run.
 */
incomplete: boolean, };

/**
 * A finding with the weight it had in the verdict.
 */
export type Evidence = {
/**
 * The check's id.
 */
check: string,
/**
 * Which way it points.
 */
says: Says,
/**
 * Where it points.
 */
segment: Segment,
/**
 * The fault it speaks for or against, when it is about one.
 */
fault: Fault | null,
/**
 * Log-odds (natural logarithm) by which this moved its segment; above 0 towards a fault there.
 */
weight: number,
/**
 * What was seen, in the language of the run.
 */
because: string,
/**
 * The same, to be told in another language.
 */
because_phrase: Phrase,
/**
 * Ids of the observations it rests on.
 */
observations: Array<string>, };

/**
 * Address family of a connection.
 */
export type Family = "any" | "v4" | "v6";

/**
 * One entry of the fault catalogue. The ids are a public contract.
 */
export type Fault = "cpu-saturated" | "memory-pressure" | "background-traffic" | "vpn-active" | "proxy-misconfigured" | "no-address" | "link-local-address" | "duplicate-address" | "gateway-off-subnet" | "no-default-route" | "dns-misconfigured" | "hosts-override" | "mtu-misconfigured" | "clock-wrong" | "ipv6-broken" | "captive-portal" | "cable-unplugged" | "link-speed-low" | "half-duplex" | "link-errors" | "link-flapping" | "wiring-loss" | "wifi-disconnected" | "wifi-weak-signal" | "wifi-interference" | "wifi-congested-channel" | "wifi-slow-rate" | "wifi-loss" | "router-unreachable" | "router-overloaded" | "router-bufferbloat" | "router-dns-failing" | "double-nat" | "rogue-dhcp" | "router-restarting" | "home-cross-traffic" | "router-loss" | "access-down" | "access-loss" | "access-congested" | "access-under-rate" | "access-flapping" | "isp-outage" | "isp-loss" | "isp-congested" | "isp-dns-failing" | "isp-routing-loop" | "path-mtu-black-hole" | "carrier-grade-nat" | "interconnect-congested" | "interconnect-loss" | "interconnect-outage" | "service-down" | "service-slow" | "service-loss";

/**
 * Stage of an HTTP(S) request.
 */
export type FetchStage = "name" | "connect" | "tls" | "http";

/**
 * Stages of one HTTP(S) request.
 */
export type FetchTimes = {
/**
 * Address connected to.
 */
address: string | null,
/**
 * Time to resolve the name in milliseconds; `None` when it was not needed.
 */
name_ms: number | null,
/**
 * Time of the TCP handshake in milliseconds.
 */
connect_ms: number | null,
/**
 * Time of the TLS handshake in milliseconds; `None` for plain HTTP.
 */
tls_ms: number | null,
/**
 * Time from the request to the first byte of the answer in milliseconds.
 */
first_byte_ms: number | null,
/**
 * HTTP status code.
 */
status: number | null,
/**
 * The stage that failed, when one did.
 */
failed_at: FetchStage | null,
/**
 * What went wrong there.
 */
error: string | null, };

/**
 * What one check learned. Its reading is what attribution computes with; its sentence is what people read.
 */
export type Finding = {
/**
 * The check's id.
 */
check: string,
/**
 * Which way it points by itself; attribution has the last word.
 */
says: Says,
/**
 * Where it points.
 */
segment: Segment,
/**
 * The fault it speaks for or against, when it is about one.
 */
fault: Fault | null,
/**
 * What was seen, in words.
 */
because: Phrase,
/**
 * What attribution computes with.
 */
reading: Reading,
/**
 * Ids of the observations it rests on.
 */
observations: Array<string>, };

/**
 * Load of this computer over a while.
 */
export type HostLoad = {
/**
 * Share of all cores in use, 0 to 100, without this program.
 */
cpu_percent: number,
/**
 * Physical memory in bytes.
 */
memory_total_bytes: number,
/**
 * Memory still available in bytes.
 */
memory_available_bytes: number,
/**
 * Swap in use in bytes.
 */
swap_used_bytes: number,
/**
 * Traffic by interface.
 */
traffic: Array<InterfaceTraffic>,
/**
 * Busiest processes, busiest first, at most five.
 */
busiest: Array<ProcessLoad>,
/**
 * How long was watched, in milliseconds.
 */
watched_ms: number,
/**
 * Programs that moved the most over TCP, most first, at most five; only those that this user may look into.
 */
talkers: Array<ProcessTraffic>,
/**
 * Time that work stood still for lack of something, where the system counts it.
 */
pressure: Pressure | null,
/**
 * Bytes a second between memory and swap, both ways.
 */
swapped_bytes_per_s: number | null,
/**
 * Heat, where the system tells it.
 */
thermal: Thermal | null, };

/**
 * Entries of the hosts file that override asked names.
 */
export type HostsOverrides = {
/**
 * `(name, address)`.
 */
entries: Array<[string, string]>, };

/**
 * One network interface.
 */
export type Interface = {
/**
 * The system's name for it.
 */
name: string,
/**
 * What it is.
 */
kind: InterfaceKind,
/**
 * Whether it is switched on.
 */
up: boolean,
/**
 * Whether it has carrier.
 */
carrier: boolean,
/**
 * Largest packet in bytes.
 */
mtu: number,
/**
 * Hardware address.
 */
mac: string | null,
/**
 * Addresses as `address/prefix length`.
 */
addresses: Array<string>, };

/**
 * What an interface is.
 */
export type InterfaceKind = "wired" | "wifi" | "tunnel" | "mobile" | "virtual" | "other";

/**
 * Traffic of one interface over a while.
 */
export type InterfaceTraffic = {
/**
 * Interface name.
 */
interface: string,
/**
 * Received bytes a second.
 */
received_bytes_per_s: number,
/**
 * Sent bytes a second.
 */
sent_bytes_per_s: number, };

/**
 * One place to probe.
 */
export type Lane = {
/**
 * Where on the path the place is.
 */
position: Position,
/**
 * What a person would call it (a host name, a hop's address).
 */
name: string,
/**
 * Where packets go.
 */
address: string,
/**
 * How it is probed.
 */
probe: Probe,
/**
 * Time between probes in milliseconds; at least 1000 for TTL-limited probes, at least 20 for others.
 */
interval_ms: number, };

/**
 * Every probe of one lane.
 */
export type LaneResult = {
/**
 * The lane as asked.
 */
lane: Lane,
/**
 * Probes in the order sent.
 */
echoes: Array<Echo>,
/**
 * Whether receive times come from the kernel (microseconds) or from this process (a busy device adds to them).
 */
kernel_timestamps: boolean,
/**
 * Why the lane could not be probed at all, when it could not.
 */
failure?: string | null,
/**
 * Probes that a firewall on this computer refused to send. They are not among the echoes: what never left cannot be lost.
 */
refused?: number, };

/**
 * The IPv4 address of one interface as it was handed out by DHCP (RFC 2131, options by RFC 2132).
 */
export type Lease = {
/**
 * Interface name.
 */
interface: string,
/**
 * Who told (`kernel`, `systemd-networkd`, `NetworkManager`, `dhclient`, `macOS`, `Windows`).
 */
source: string,
/**
 * Whether the address ends by itself; `Some(false)` where it was set by hand or never ends.
 */
temporary: boolean | null,
/**
 * The address.
 */
address: string | null,
/**
 * Who handed it out.
 */
server: string | null,
/**
 * The router that the server names.
 */
router: string | null,
/**
 * The name servers that it names, at most 4.
 */
name_servers: Array<string>,
/**
 * The domain that it names.
 */
domain: string | null,
/**
 * The time servers that it names, at most 4.
 */
time_servers: Array<string>,
/**
 * Largest packet in bytes that it names.
 */
mtu: number | null,
/**
 * How long the address is given for, in seconds.
 */
lasts_s: number | null,
/**
 * After how much of it the server is asked again, and after how much anybody is, in seconds.
 */
renew_s: number | null,
/**
 * See `renew_s`.
 */
rebind_s: number | null,
/**
 * How much of it is left, in seconds; below 0 when it is over.
 */
left_s: number | null, };

/**
 * An address that the router has on the line.
 */
export type LineAddress = {
/**
 * The address.
 */
address: string,
/**
 * Who told: `upnp` or `nat-pmp`.
 */
by: string, };

/**
 * What a router says of its connection.
 */
export type LineConnection = {
/**
 * `Connected`, `Disconnected`, `Connecting` and so on.
 */
status: string | null,
/**
 * The last error, when there was one.
 */
last_error: string | null,
/**
 * For how long it has been connected, in seconds.
 */
uptime_s: number | null,
/**
 * Whether the line itself is there: `Up`, `Down`, `Initializing`, `Unavailable`.
 */
physical: string | null,
/**
 * What kind of line it is: `DSL`, `Cable`, `Ethernet`.
 */
kind: string | null,
/**
 * What the line carries towards the home at most, in bits a second.
 */
down_bits_per_s: number | null,
/**
 * And away from it.
 */
up_bits_per_s: number | null, };

/**
 * Name servers of one interface.
 */
export type LinkResolvers = {
/**
 * Interface name.
 */
interface: string,
/**
 * Servers in the order told.
 */
servers: Array<string>,
/**
 * Search and routing domains.
 */
domains: Array<string>, };

/**
 * State of a wired (or any) link.
 */
export type LinkState = {
/**
 * Interface name.
 */
interface: string,
/**
 * Whether there is carrier.
 */
carrier: boolean,
/**
 * Negotiated rate in Mbit/s.
 */
speed_mbps: number | null,
/**
 * Duplex mode.
 */
duplex: Duplex | null,
/**
 * Fastest rate that this end can do, in Mbit/s.
 */
fastest_own_mbps: number | null,
/**
 * Fastest rate that the other end offers, in Mbit/s.
 */
fastest_partner_mbps: number | null,
/**
 * Carrier changes since the interface exists.
 */
carrier_changes: number | null,
/**
 * Counters since the interface exists.
 */
counters: Counters,
/**
 * Whether this end agrees on rate and duplex with the other end by itself; otherwise they are set by hand.
 */
negotiates: boolean | null,
/**
 * Modes that this end offers, such as `1000baseT/Full`.
 */
own_modes: Array<string>,
/**
 * Modes that the other end offers; empty where it does not say or does not negotiate.
 */
partner_modes: Array<string>,
/**
 * Energy-efficient Ethernet, where the hardware has it.
 */
energy_saving: EnergySaving | null,
/**
 * Pauses that the ends may ask of each other, where the driver tells.
 */
pause: Pause | null, };

/**
 * A figure shown while a request is still running.
 */
export type LiveSample = { "kind": "echo",
/**
 * Index of the lane in the campaign.
 */
lane: number,
/**
 * Position of the lane.
 */
position: Position,
/**
 * Name of the lane.
 */
name: string,
/**
 * When it was sent, in milliseconds since the campaign's start.
 */
sent_ms: number,
/**
 * Round-trip time in milliseconds; `None` when lost.
 */
rtt_ms: number | null, } | { "kind": "rate",
/**
 * Direction of the transfer.
 */
direction: Direction,
/**
 * End of the interval, in milliseconds since the campaign's start.
 */
at_ms: number,
/**
 * Mbit/s.
 */
mbps: number, } | { "kind": "signal",
/**
 * When, in milliseconds since the watch began.
 */
at_ms: number,
/**
 * Signal in dBm; `None` while there is no connection.
 */
dbm: number | null,
/**
 * Rate of the slower direction in Mbit/s.
 */
mbps: number | null, } | { "kind": "hops",
/**
 * How many answered.
 */
answered: number, };

/**
 * One transfer that loads the line.
 */
export type Load = {
/**
 * Base address of a peer: `http` and `https` mean `GET URL/__down?bytes=N` and `POST URL/__up`, `ws` and `wss` mean ndt7.
 */
peer: string,
/**
 * Which way the bytes go.
 */
direction: Direction,
/**
 * Start after the campaign's start, in milliseconds.
 */
start_ms: number,
/**
 * Longest duration in milliseconds.
 */
duration_ms: number,
/**
 * Parallel connections, at most 16.
 */
connections: number,
/**
 * The transfer stops at this many bytes.
 */
max_bytes: number, };

/**
 * What a transfer reached.
 */
export type LoadResult = {
/**
 * The load as asked.
 */
load: Load,
/**
 * Bytes of content moved.
 */
bytes: number,
/**
 * When the first byte moved, in milliseconds since the campaign's start.
 */
began_ms: number,
/**
 * When the transfer ended, in milliseconds since the campaign's start.
 */
ended_ms: number,
/**
 * Rate over time.
 */
rates: Array<RateSample>,
/**
 * Rate without the warm-up, in Mbit/s; `None` when too little moved to say.
 */
mbps: number | null,
/**
 * What the router counted on the line in this direction from just before the transfer until just after it, in bytes, all devices
 * of the home together; `None` where it did not tell.
 */
counted_bytes?: number | null,
/**
 * Why the transfer failed, when it did.
 */
failure?: string | null, };

/**
 * What one look showed of the home.
 */
export type Look = {
/**
 * When it began.
 */
at: string | null,
/**
 * The link that was used.
 */
link: InterfaceKind | null,
/**
 * Negotiated rate of the cable, or the slower direction of the radio, in Mbit/s.
 */
link_mbps: number | null,
/**
 * Signal in dBm, on Wi-Fi.
 */
signal_dbm: number | null,
/**
 * Packets received damaged, among those received during the look.
 */
damaged: Proportion | null,
/**
 * How the router answered.
 */
router: Answers | null,
/**
 * How the service answered.
 */
service: Answers | null, };

/**
 * An answer, one variant a question.
 */
export type Measurement = { "network": NetworkState } | { "resolvers": ResolverConfig } | { "proxy": ProxySettings } | { "hosts-file": HostsOverrides } | { "host": HostLoad } | { "clock": ClockOffset } | { "lease": Lease } | { "link": LinkState } | { "cable-test": CableTest } | { "wifi": WifiLink } | { "wifi-neighbours": WifiNeighbours } | { "wifi-watch": WifiWatch } | { "dns": DnsReplies } | { "fetch": FetchTimes } | { "path-mtu": PathMtu } | { "trace": Trace } | { "wan-traffic": WanTraffic } | { "router": RouterState } | { "stun": SeenFrom } | { "dhcp-servers": DhcpServers } | { "address-owners": AddressOwners } | { "modem-page": ModemPage } | { "campaign": CampaignResult };

/**
 * Values of a page. The page itself is not kept.
 */
export type ModemPage = {
/**
 * Channels of a cable modem towards the home (DOCSIS), at most 64.
 */
down: Array<DocsisDown>,
/**
 * And away from it, at most 32.
 */
up: Array<DocsisUp>,
/**
 * The DSL line.
 */
dsl: Dsl | null,
/**
 * How often the log tells that the other end did not answer a request to range (T3) or to stay in touch (T4).
 */
t3_timeouts: number,
/**
 * See `t3_timeouts`.
 */
t4_timeouts: number, };

/**
 * A service by its name and its host.
 */
export type NamedHost = {
/**
 * What people call it.
 */
name: string,
/**
 * Host name or address.
 */
host: string, };

/**
 * Interfaces, addresses and routes.
 */
export type NetworkState = {
/**
 * Every interface but loopback.
 */
interfaces: Array<Interface>,
/**
 * Routes of the main tables, IPv4 and IPv6.
 */
routes: Array<Route>,
/**
 * Where the system would send packets to places all over the internet, whatever tables and policies that takes.
 */
ways_out: Array<WayOut>, };

/**
 * Something to do next.
 */
export type NextTest = {
/**
 * What to do, in the language of the run.
 */
action: string,
/**
 * The same, to be told in another language.
 */
action_phrase: Phrase,
/**
 * Segments it decides between.
 */
decides: Array<Segment>, };

/**
 * One request and what became of it.
 */
export type Observation = {
/**
 * Unique within a run.
 */
id: string,
/**
 * The check that asked.
 */
check: string,
/**
 * When it began.
 */
at: string,
/**
 * How long it took, in milliseconds.
 */
elapsed_ms: number,
/**
 * What was asked.
 */
request: Request, } & ({ "outcome": "measured",
/**
 * The answer.
 */
measurement: Measurement, } | { "outcome": "not_applicable",
/**
 * Why.
 */
why: Phrase, } | { "outcome": "blocked",
/**
 * Why, and what would allow it.
 */
why: Phrase, } | { "outcome": "failed",
/**
 * Why.
 */
why: Phrase, });

/**
 * How a pair of wires is.
 */
export type PairState = "ok" | "open" | "short" | "cross-short" | "mismatch" | "unknown";

/**
 * Part of the path picture; the demarc stands between `Router` and `Line`.
 */
export type Part = "computer" | "home-link" | "router" | "line" | "provider" | "networks" | "service";

/**
 * One part of the path picture.
 */
export type PartView = {
/**
 * Which part.
 */
part: Part,
/**
 * Segments it stands for.
 */
segments: Array<Segment>,
/**
 * Where it stands.
 */
state: State,
/**
 * Its figure, once measured ("1.2 ms, 0 % lost").
 */
figure: Phrase | null, };

/**
 * Who has to act.
 */
export type Party = "home" | "provider" | "beyond" | "healthy" | "undetermined";

/**
 * Largest unfragmented packet.
 */
export type PathMtu = {
/**
 * Largest size that was answered, in bytes, IP header included; `None` when nothing was.
 */
largest_passed: number | null,
/**
 * Largest size tried, in bytes.
 */
ceiling: number,
/**
 * Whether a router said that a larger packet was too big; without it larger ones vanish silently.
 */
told_too_big: boolean, };

/**
 * Loss and delay at several places on the path.
 */
export type PathReading = {
/**
 * The places, nearest first.
 */
points: Array<PointReading>,
/**
 * Whether the device reaches its router by Wi-Fi.
 */
wifi: boolean,
/**
 * Whether the home's own traffic is known to be low while this was measured; `None` when unknown.
 */
home_quiet: boolean | null,
/**
 * Whether the reading was taken while the visit loaded the line.
 */
loaded: boolean, };

/**
 * Flow control (IEEE 802.3x): one end may tell the other to stop sending for a moment.
 */
export type Pause = {
/**
 * Whether this end obeys.
 */
receive: boolean,
/**
 * Whether this end may ask for it.
 */
send: boolean,
/**
 * Pauses that the other end asked for since the interface exists, where they are counted.
 */
received_frames: number | null, };

/**
 * Where a visit stands.
 */
export type Phase = "welcome" | "measuring" | "asking" | "stopped" | "done";

/**
 * A message id with its arguments. Rendered by `demarc-words` in Rust and by Fluent in the window.
 */
export type Phrase = {
/**
 * Message id in `locales/<language>/*.ftl`.
 */
id: string,
/**
 * Values for the message's variables, by name.
 */
args?: { [key in string]: Arg }, };

/**
 * Loss and delay at one place.
 */
export type PointReading = {
/**
 * Where the place is.
 */
position: Position,
/**
 * Name shown to people.
 */
name: string,
/**
 * Lost probes among those sent.
 */
loss: Proportion,
/**
 * How many independent probes one probe is worth, above 0 to 1: below 1 where loss comes in bursts.
 */
independence: number,
/**
 * Median round-trip time in milliseconds while idle.
 */
median_ms: number | null,
/**
 * 5th percentile in milliseconds while idle.
 */
low_ms: number | null,
/**
 * 90th percentile in milliseconds while idle.
 */
p90_ms: number | null,
/**
 * 90th percentile in milliseconds while the line was loaded.
 */
loaded_p90_ms: number | null,
/**
 * Whether the place is a router that may limit or refuse its own answers, so that silence there proves nothing by itself.
 */
may_be_silent: boolean, };

/**
 * A port that the router forwards into the home.
 */
export type PortMapping = {
/**
 * Port on the line.
 */
port: number,
/**
 * `TCP` or `UDP`.
 */
protocol: string,
/**
 * The machine at home.
 */
to: string,
/**
 * What whoever asked for it calls it.
 */
description: string,
/**
 * Seconds until it ends; 0 never ends.
 */
lease_s: number, };

/**
 * Where a probed place stands on the path, seen from this computer.
 */
export type Position = "gateway" | "first-hop" | "border-near" | "border-far" | "on-net" | "other-network" | "service";

/**
 * Shares of the time, 0 to 100, in which some work stood still for lack of something.
 */
export type Pressure = {
/**
 * For lack of a free processor.
 */
cpu_percent: number | null,
/**
 * For lack of memory.
 */
memory_percent: number | null,
/**
 * For the disk.
 */
io_percent: number | null, };

/**
 * How a lane is probed.
 */
export type Probe = { "kind": "echo" } | { "kind": "hop-limited",
/**
 * Hop at which the packet expires, 1 is the gateway.
 */
ttl: number, } | { "kind": "tcp-connect",
/**
 * Port connected to.
 */
port: number, };

/**
 * CPU share of one process.
 */
export type ProcessLoad = {
/**
 * The program's name, without its arguments.
 */
name: string,
/**
 * Share of all cores, 0 to 100.
 */
cpu_percent: number, };

/**
 * TCP traffic of one program over a while.
 */
export type ProcessTraffic = {
/**
 * The program's name, without its arguments.
 */
name: string,
/**
 * Received bytes a second.
 */
received_bytes_per_s: number,
/**
 * Sent bytes a second.
 */
sent_bytes_per_s: number, };

/**
 * How thorough a visit is.
 */
export type Profile = "quick" | "standard" | "thorough";

/**
 * The most that a visit of one profile takes.
 */
export type ProfileCost = {
/**
 * Which profile.
 */
profile: Profile,
/**
 * Without filling the line.
 */
quiet: Bounds,
/**
 * With tests that fill the line.
 */
loaded: Bounds, };

/**
 * What the contract promises, in Mbit/s.
 */
export type Promised = {
/**
 * Towards the home.
 */
down_mbps: number | null,
/**
 * From the home.
 */
up_mbps: number | null, };

/**
 * `hits` out of `trials`.
 */
export type Proportion = {
/**
 * How many had the property.
 */
hits: number,
/**
 * How many there were.
 */
trials: number, };

/**
 * Proxy settings that programs of this user would follow.
 */
export type ProxySettings = {
/**
 * `(where it is set, proxy address)`, without user names and passwords.
 */
entries: Array<[string, string]>,
/**
 * `(where it is set, address)` of scripts (PAC) that decide for each page which proxy is used; `WPAD` where the script is looked
 * for on the network.
 */
scripts: Array<[string, string]>, };

/**
 * A question on the page. Its words are the messages `question-<id>` and `question-<id>-<option>`.
 */
export type QuestionView = {
/**
 * Question id.
 */
id: string,
/**
 * Options, the recommended one first.
 */
options: Array<string>,
/**
 * What going on would cost, for a question about a costly test.
 */
cost: Bounds | null,
/**
 * The step it belongs to.
 */
step: Step | null, };

/**
 * Rate of a transfer during one interval.
 */
export type RateSample = {
/**
 * End of the interval, in milliseconds since the campaign's start.
 */
at_ms: number,
/**
 * Mbit/s during the interval.
 */
mbps: number, };

/**
 * The computable part of a finding.
 */
export type Reading = { "kind": "none" } | { "kind": "sign",
/**
 * Log-likelihood ratio.
 */
log_likelihood_ratio: number, } | { "kind": "path" } & PathReading;

/**
 * What report the user wants.
 */
export type ReportChoice = {
/**
 * `pdf`, `html`, `text` or `json`.
 */
format: "pdf" | "html" | "text" | "json",
/**
 * `none`, `support` or `public`.
 */
redaction: "none" | "support" | "public",
/**
 * Language of the report.
 */
language: string, };

/**
 * One question to the world. Answered by real probes, by a simulated household or from a recording.
 */
export type Request = { "kind": "network" } | { "kind": "resolvers" } | { "kind": "proxy" } | { "kind": "hosts-file",
/**
 * Names looked for.
 */
names: Array<string>, } | { "kind": "host",
/**
 * How long to watch, in milliseconds.
 */
for_ms: number, } | { "kind": "clock",
/**
 * `host:port` of the server.
 */
server: string, } | { "kind": "link",
/**
 * Interface name.
 */
interface: string, } | { "kind": "lease",
/**
 * Interface name.
 */
interface: string, } | { "kind": "cable-test",
/**
 * Interface name.
 */
interface: string, } | { "kind": "wifi",
/**
 * Interface name.
 */
interface: string, } | { "kind": "wifi-neighbours",
/**
 * Interface name.
 */
interface: string, } | { "kind": "wifi-watch",
/**
 * Interface name.
 */
interface: string,
/**
 * How long, in milliseconds.
 */
for_ms: number, } | { "kind": "dns",
/**
 * Who is asked.
 */
resolver: Resolver,
/**
 * Name asked for.
 */
name: string,
/**
 * Record type.
 */
record: DnsRecord,
/**
 * Number of queries.
 */
attempts: number,
/**
 * Longest wait for each answer, in milliseconds.
 */
timeout_ms: number, } | { "kind": "fetch",
/**
 * What is fetched.
 */
url: string,
/**
 * Address family used for the connection.
 */
family: Family,
/**
 * Connect here instead of resolving the name, to keep working when names do not resolve.
 */
address: string | null,
/**
 * Longest wait for each stage, in milliseconds.
 */
timeout_ms: number, } | { "kind": "path-mtu",
/**
 * Where packets go.
 */
destination: string,
/**
 * Largest size tried, in bytes, IP header included.
 */
ceiling: number, } | { "kind": "trace",
/**
 * Where packets go.
 */
destination: string,
/**
 * Protocol of the probes.
 */
protocol: TraceProtocol,
/**
 * Identity of the flow: the same number takes the same path through load balancers.
 */
flow: number,
/**
 * Hops probed at most.
 */
max_hops: number,
/**
 * Probes to each hop, one a second.
 */
rounds: number, } | { "kind": "wan-traffic",
/**
 * How long to watch, in milliseconds.
 */
for_ms: number, } | { "kind": "router" } | { "kind": "stun",
/**
 * `host:port` of the server.
 */
server: string, } | { "kind": "dhcp-servers",
/**
 * Interface name.
 */
interface: string, } | { "kind": "address-owners",
/**
 * Interface name.
 */
interface: string,
/**
 * The address asked about.
 */
address: string, } | { "kind": "modem-page",
/**
 * Length of the page in bytes.
 */
length: number, } | { "kind": "campaign" } & Campaign;

/**
 * Who answers a DNS query.
 */
export type Resolver = "system" | { "server": string };

/**
 * Who this computer asks for names.
 */
export type ResolverConfig = {
/**
 * Servers in the order asked.
 */
servers: Array<string>,
/**
 * Search domains.
 */
search: Array<string>,
/**
 * Where the configuration was read (`resolv.conf`, `systemd-resolved`, `NetworkManager`).
 */
source: string,
/**
 * Servers and domains that belong to one interface each, where the system keeps them apart.
 */
links: Array<LinkResolvers>,
/**
 * How long programs wait for one server before they ask the next, in seconds; `None` where a service decides that.
 */
timeout_s: number | null,
/**
 * Whether programs begin with another server each time.
 */
rotate: boolean, };

/**
 * One route.
 */
export type Route = {
/**
 * Network it leads to; the unspecified address for a default route.
 */
destination: string,
/**
 * Prefix length of the destination; 0 for a default route.
 */
prefix_length: number,
/**
 * Next router; `None` when directly connected.
 */
gateway: string | null,
/**
 * Outgoing interface.
 */
interface: string,
/**
 * Lower is preferred.
 */
metric: number, };

/**
 * A router's own words (`UPnP` Device Architecture 1.1 section 2.3).
 */
export type RouterDescription = {
/**
 * Its name.
 */
name: string | null,
/**
 * Who makes it.
 */
manufacturer: string | null,
/**
 * Which model it is.
 */
model: string | null,
/**
 * And its number.
 */
model_number: string | null, };

/**
 * What the home router says. Each part is absent where it does not say it; serial numbers are never asked for.
 */
export type RouterState = {
/**
 * Its hardware address, as this computer's neighbour.
 */
mac: string | null,
/**
 * Who made its network adapter, by the registry of hardware addresses (IEEE).
 */
vendor: string | null,
/**
 * Names that it answers to at home (mDNS), at most 4.
 */
names: Array<string>,
/**
 * Its description of itself (`UPnP`).
 */
description: RouterDescription | null,
/**
 * What it says of its connection over the line (`UPnP`).
 */
connection: LineConnection | null,
/**
 * Its addresses on the line, each with who told: `upnp`, `nat-pmp`.
 */
line_addresses: Array<LineAddress>,
/**
 * For how long it has kept its table of port mappings, in seconds: since it started, as a rule (NAT-PMP, RFC 6886; PCP, RFC 6887).
 */
epoch_s: number | null,
/**
 * Ports that it forwards into the home, at most 64; absent where it does not tell.
 */
mappings: Array<PortMapping> | null, };

/**
 * One visit, from the first question to the verdict.
 */
export type Run = {
/**
 * Always [`SCHEMA`] in this version.
 */
schema: string,
/**
 * When the visit began.
 */
started: string,
/**
 * When the visit ended.
 */
ended: string,
/**
 * How thorough it was.
 */
profile: Profile,
/**
 * Version of Demarc.
 */
version: string,
/**
 * What the evidence adds up to.
 */
verdict: Verdict,
/**
 * What was found, heaviest first.
 */
evidence: Array<Evidence>,
/**
 * Everything that was asked and what came back, in order; of two looks that are compared, the one before comes first.
 */
observations: Array<Observation>,
/**
 * What a change in the home did, where the visit looked before and after one.
 */
comparison?: Comparison | null,
/**
 * The circumstances.
 */
environment: Environment, };

/**
 * Which way a piece of evidence points.
 */
export type Says = "accuses" | "clears" | "notes";

/**
 * The address that packets of this computer come from, as a server on the internet sees it (STUN, RFC 8489).
 */
export type SeenFrom = {
/**
 * The server.
 */
server: string,
/**
 * What it saw.
 */
address: string,
/**
 * And from which port.
 */
port: number,
/**
 * The port that was sent from.
 */
own_port: number, };

/**
 * A stretch of the path from this computer to the service, in path order.
 */
export type Segment = "device" | "wiring" | "wifi" | "router" | "access" | "isp" | "interconnect" | "service";

/**
 * What the user chose before the visit starts.
 */
export type Settings = {
/**
 * How thorough the visit is.
 */
profile: Profile,
/**
 * Whether tests may fill the line.
 */
load_allowed: boolean,
/**
 * Whether the wizard stops to ask (in the window) or takes an unanswered question as skipped (in a terminal).
 */
interactive: boolean,
/**
 * Answers given beforehand, by question id.
 */
answers: Record<string, string>, };

/**
 * What a visit is started with.
 */
export type Start = {
/**
 * Profile, load and answers.
 */
settings: Settings,
/**
 * Hosts of the services with trouble; empty for the configured ones.
 */
services: Array<string>,
/**
 * What the contract promises, where the user said so.
 */
promised: Promised | null,
/**
 * Language of the record's sentences.
 */
language: string,
/**
 * A simulated home in place of the real network.
 */
household: string | null, };

/**
 * Where a step, a check or a part of the path stands.
 */
export type State = "not-yet" | "testing" | "clear" | "suspicious" | "fault" | "noted" | "not-measurable" | "not-applicable";

/**
 * A page of the wizard, in the order of the path.
 */
export type Step = "device" | "wiring" | "wifi" | "router" | "path";

/**
 * One step of the wizard.
 */
export type StepView = {
/**
 * Which step.
 */
step: Step,
/**
 * Where it stands.
 */
state: State,
/**
 * Its checks in order.
 */
checks: Array<CheckView>, };

/**
 * What the user has trouble with.
 */
export type Symptom = "buffering" | "slow" | "drops" | "offline" | "lag";

/**
 * How hot the processor is and whether it is held back for it.
 */
export type Thermal = {
/**
 * Times that a processor was slowed down for heat during the watch, all cores together.
 */
slowed_times: number | null,
/**
 * Temperature of the zone nearest to its limit, in degrees Celsius.
 */
celsius: number | null,
/**
 * The limit from which that zone is cooled by slowing down, in degrees Celsius.
 */
limit_celsius: number | null,
/**
 * Highest frequency that the processor may use now, as a share of its highest, 0 to 100.
 */
frequency_percent: number | null, };

/**
 * The hops towards a destination.
 */
export type Trace = {
/**
 * Where packets went.
 */
destination: string,
/**
 * Whether the destination itself answered.
 */
reached: boolean,
/**
 * Hops in order, from 1; trailing silent hops are left out.
 */
hops: Array<TraceHop>, };

/**
 * One hop.
 */
export type TraceHop = {
/**
 * Distance, 1 is the gateway.
 */
ttl: number,
/**
 * Probes sent to it.
 */
sent: number,
/**
 * Answers, in order of arrival.
 */
replies: Array<TraceReply>, };

/**
 * Protocol of trace probes.
 */
export type TraceProtocol = "udp" | "icmp";

/**
 * One hop's answer.
 */
export type TraceReply = {
/**
 * Who answered.
 */
from: string,
/**
 * Round-trip time in milliseconds.
 */
rtt_ms: number,
/**
 * `time-exceeded`, `echo-reply`, `port-unreachable`, `host-unreachable`, `network-unreachable`, `prohibited` or `other`.
 */
kind: string, };

/**
 * One event of the visit's stream.
 */
export type Update = { "kind": "view", "value": View } | { "kind": "live", "value": {
/**
 * The check that is running.
 */
check: string,
/**
 * The figure.
 */
sample: LiveSample, } } | { "kind": "finished", "value": Run };

/**
 * The answer of a visit.
 */
export type Verdict = {
/**
 * Who has to act.
 */
party: Party,
/**
 * Where the fault is, when the evidence singles one out.
 */
segment: Segment | null,
/**
 * Which fault it is, when the evidence singles one out.
 */
fault: Fault | null,
/**
 * Probability that `party` is right, 0 to 1.
 */
confidence: number,
/**
 * Every explanation considered, best first; the probabilities sum to 1.
 */
candidates: Array<Candidate>,
/**
 * The smallest set of segments that holds 90 % of the probability.
 */
credible: Array<Segment>,
/**
 * A second fault that is probably there besides the first, in another segment.
 */
also?: Candidate | null,
/**
 * One plain sentence in the language of the run.
 */
summary: string,
/**
 * The same sentence, to be told in another language.
 */
summary_phrase: Phrase,
/**
 * What to do, or which test would decide, most useful first.
 */
next: Array<NextTest>, };

/**
 * Everything on the screen at one moment.
 */
export type View = {
/**
 * Where the visit stands.
 */
phase: Phase,
/**
 * The step being measured.
 */
current: Step | null,
/**
 * The wizard's steps in order.
 */
steps: Array<StepView>,
/**
 * The path picture, nearest part first.
 */
parts: Array<PartView>,
/**
 * A question that holds the visit up.
 */
question: QuestionView | null,
/**
 * The most that is still to come.
 */
remaining: Bounds,
/**
 * Share of the visit's checks that are finished, 0 to 1.
 */
progress: number,
/**
 * The answer, once there is one.
 */
verdict: Verdict | null,
/**
 * What the answer rests on, heaviest first.
 */
evidence: Array<Evidence>,
/**
 * What a change in the home did, once both looks are there.
 */
comparison: Comparison | null,
/**
 * Whether a modem's page that was given held values; `None` where none was given.
 */
modem_page: boolean | null,
/**
 * Whether the signal of the Wi-Fi is shown now; `None` while it cannot be, on a cable or while checks are running.
 */
walking: boolean | null, };

/**
 * Traffic over the line by the router's counters: every device of the home.
 */
export type WanTraffic = {
/**
 * The address that the router has on the line.
 */
address: string | null,
/**
 * Received bytes a second.
 */
received_bytes_per_s: number,
/**
 * Sent bytes a second.
 */
sent_bytes_per_s: number,
/**
 * How long was watched, in milliseconds.
 */
watched_ms: number, };

/**
 * What the system would do with a packet to a place on the internet. Asking sends nothing.
 */
export type WayOut = {
/**
 * The place.
 */
destination: string,
/**
 * Outgoing interface.
 */
interface: string,
/**
 * Next router; `None` when there is none, as with most tunnels.
 */
gateway: string | null,
/**
 * The routing table that decided, when it is not the main one.
 */
table: number | null, };

/**
 * Something that happened to the link.
 */
export type WifiEvent = {
/**
 * When, in whole milliseconds from the beginning on.
 */
at_ms: number,
/**
 * What.
 */
kind: WifiEventKind,
/**
 * The reason that was given (IEEE 802.11 table of reason codes).
 */
reason: number | null, };

/**
 * What can happen to a link.
 */
export type WifiEventKind = "connected" | "roamed" | "disconnected";

/**
 * State of a Wi-Fi connection.
 */
export type WifiLink = {
/**
 * Interface name.
 */
interface: string,
/**
 * Whether it is associated with an access point.
 */
connected: boolean,
/**
 * Network name.
 */
ssid: string | null,
/**
 * The access point's hardware address.
 */
bssid: string | null,
/**
 * Signal strength in dBm.
 */
signal_dbm: number | null,
/**
 * Noise floor in dBm.
 */
noise_dbm: number | null,
/**
 * Centre frequency in MHz.
 */
frequency_mhz: number | null,
/**
 * Channel width in MHz.
 */
width_mhz: number | null,
/**
 * Rate from the access point in Mbit/s.
 */
receive_mbps: number | null,
/**
 * Rate to the access point in Mbit/s.
 */
send_mbps: number | null,
/**
 * Packets sent since connected.
 */
sent_packets: number | null,
/**
 * Retries since connected.
 */
retries: number | null,
/**
 * Packets given up since connected.
 */
failed: number | null,
/**
 * Beacons missed since connected.
 */
beacons_lost: number | null,
/**
 * Packets received since connected.
 */
received_packets: number | null,
/**
 * For how long it has been connected, in seconds.
 */
connected_s: number | null,
/**
 * The newest generation of Wi-Fi that the rates belong to: 4 (802.11n), 5 (ac), 6 (ax), 7 (be); 3 for anything older.
 */
generation: number | null,
/**
 * Whether the adapter sleeps between packets.
 */
power_save: boolean | null,
/**
 * Share of its time, 0 to 1, that the channel was busy, with others' traffic and with this computer's own.
 */
busy_share: number | null, };

/**
 * Networks on the air, as the adapter last heard them.
 */
export type WifiNeighbours = {
/**
 * Interface name.
 */
interface: string,
/**
 * One entry for each access point, at most 128, this computer's own among them.
 */
networks: Array<WifiNetwork>,
/**
 * What the adapter knows of channels, at most 64.
 */
channels: Array<ChannelUse>, };

/**
 * One access point.
 */
export type WifiNetwork = {
/**
 * Network name; absent where it is hidden.
 */
ssid: string | null,
/**
 * Hardware address.
 */
bssid: string,
/**
 * Frequency of its main channel in MHz.
 */
frequency_mhz: number,
/**
 * Width of its channel in MHz, where it told.
 */
width_mhz: number | null,
/**
 * Signal in dBm.
 */
signal_dbm: number | null,
/**
 * How long ago it was heard, in milliseconds.
 */
heard_ms_ago: number | null,
/**
 * Share of its time, 0 to 1, that the access point finds its channel busy (BSS Load).
 */
busy_share: number | null,
/**
 * How many devices it serves.
 */
stations: number | null,
/**
 * Whether this computer uses it.
 */
ours: boolean, };

/**
 * The radio link at one moment.
 */
export type WifiSample = {
/**
 * When, in milliseconds from the beginning on.
 */
at_ms: number,
/**
 * Signal in dBm; absent while there is no connection.
 */
signal_dbm: number | null,
/**
 * Rate of the slower direction in Mbit/s.
 */
mbps: number | null, };

/**
 * The radio link over a while.
 */
export type WifiWatch = {
/**
 * Interface name.
 */
interface: string,
/**
 * How long was watched, in milliseconds.
 */
watched_ms: number,
/**
 * What it was like, at most 600.
 */
samples: Array<WifiSample>,
/**
 * What happened, at most 64.
 */
events: Array<WifiEvent>,
/**
 * Packets sent meanwhile.
 */
sent_packets: number | null,
/**
 * Those sent again.
 */
retries: number | null,
/**
 * Those given up.
 */
failed: number | null,
/**
 * Beacons missed.
 */
beacons_lost: number | null, };
