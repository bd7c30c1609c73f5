// SPDX-License-Identifier: MIT
/*
 * ioctl(): requests by name, and the structs of the common ones.
 */
#include "corners.h"

#include <linux/btrfs.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <linux/kvm.h>
#include <linux/loop.h>
#include <linux/nbd.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/videodev2.h>
#include <linux/watchdog.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

static void terminals(void)
{
	struct winsize size = {24, 80, 1, 2};
	struct termios state;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	call(SYS_ioctl, master, TIOCGPTN, tail(4));
	call(SYS_ioctl, master, TIOCSPTLCK, tail(4));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	call(SYS_ioctl, slave, TCGETS, tail(60));
	call(SYS_ioctl, slave, TCGETS, tail(36));
	memset(&state, 0xff, sizeof state);
	call(SYS_ioctl, -1, TCSETS, TAIL(state));
	call(SYS_ioctl, -1, TCSETSW, tail(60));
	call(SYS_ioctl, -1, TCSETSF, tail(4));
	call(SYS_ioctl, slave, TCGETA, tail(18));
	call(SYS_ioctl, slave, TIOCGWINSZ, tail(8));
	call(SYS_ioctl, slave, TIOCSWINSZ, TAIL(size));
	call(SYS_ioctl, slave, TIOCGWINSZ, tail(8));
	call(SYS_ioctl, slave, TIOCGPGRP, tail(4));
	call(SYS_ioctl, -1, TIOCSPGRP, tail(4));
	call(SYS_ioctl, slave, TIOCGSID, tail(4));
	call(SYS_ioctl, slave, TIOCOUTQ, tail(4));
	call(SYS_ioctl, slave, FIONREAD, tail(4));
	call(SYS_ioctl, -1, FIONBIO, tail(4));
	call(SYS_ioctl, -1, FIONBIO, TAIL((int){1}));
	call(SYS_ioctl, slave, FIOCLEX);
	call(SYS_ioctl, slave, FIONCLEX, 5L);
	call(SYS_ioctl, -1, FIOASYNC, TAIL((int){1}));
	call(SYS_ioctl, slave, TIOCEXCL);
	call(SYS_ioctl, slave, TIOCNXCL, 7L);
	call(SYS_ioctl, -1, TCSBRK, 1L);
	call(SYS_ioctl, -1, TCSBRKP, 1L);
	call(SYS_ioctl, -1, TCXONC, 1L);
	call(SYS_ioctl, -1, TCFLSH, 2L);
	call(SYS_ioctl, -1, TCFLSH, HIGH | 9L);
	call(SYS_ioctl, -1, TIOCSCTTY, 1L);
	call(SYS_ioctl, -1, TIOCNOTTY);
	call(SYS_ioctl, -1, TIOCSTI, "x");
	call(SYS_ioctl, -1, TIOCMGET, tail(4));
	call(SYS_ioctl, -1, TIOCMSET, TAIL((int){6}));
	call(SYS_ioctl, slave, TIOCGETD, tail(4));
	call(SYS_ioctl, -1, TIOCSETD, TAIL((int){3}));
	call(SYS_ioctl, -1, TIOCGSOFTCAR, tail(4));
	call(SYS_ioctl, -1, TIOCGPKT, tail(4));
	call(SYS_ioctl, master, TIOCGPTLCK, tail(4));
	call(SYS_ioctl, -1, TIOCGPTPEER, O_RDWR);
	call(SYS_ioctl, -1, TIOCLINUX, tail(4));
	call(SYS_ioctl, -1, TIOCGRS485, tail(4));
	call(SYS_ioctl, slave, TIOCGWINSZ, NULL);
	call(SYS_ioctl, slave, TIOCGWINSZ, NOWHERE);
	call(SYS_ioctl, slave, TCGETS, NULL);
	call(SYS_ioctl, slave, TCGETS, NOWHERE);
}

static void interfaces(void)
{
	static const long readers[] = {
		SIOCGIFNAME,    SIOCGIFFLAGS,  SIOCGIFADDR,   SIOCGIFNETMASK, SIOCGIFBRDADDR,
		SIOCGIFDSTADDR, SIOCGIFMTU,    SIOCGIFMETRIC, SIOCGIFHWADDR,  SIOCGIFMAP,
		SIOCGIFINDEX,   SIOCGIFTXQLEN, SIOCGIFSLAVE,
	};
	/* On no descriptor at all: the machine is not to be changed. */
	static const long writers[] = {
		SIOCSIFFLAGS,  SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFBRDADDR, SIOCSIFDSTADDR,
		SIOCSIFMETRIC, SIOCSIFMTU,  SIOCSIFNAME,    SIOCSIFHWADDR,  SIOCSIFTXQLEN,
		SIOCADDMULTI,  SIOCSIFMAP,  SIOCSIFSLAVE,   0x8946,
	};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifconf conf = {4096, {arena()}};
	struct ifreq request;

	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		memset(&request, 0, sizeof request);
		strcpy(request.ifr_name, "lo");
		if (readers[i] == SIOCGIFNAME)
			request.ifr_ifindex = 1;
		call(SYS_ioctl, fd, readers[i], TAIL(request));
		call(SYS_ioctl, -1, readers[i], NOWHERE);
	}
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
		memset(&request, 0, sizeof request);
		strcpy(request.ifr_name, "lo");
		memcpy(&request.ifr_addr, &in, sizeof in);
		call(SYS_ioctl, -1, writers[i], TAIL(request));
		memcpy(request.ifr_name, "longer-than-that", 16);
		call(SYS_ioctl, -1, writers[i], TAIL(request));
		call(SYS_ioctl, -1, writers[i], NOWHERE);
	}
	call(SYS_ioctl, fd, SIOCGIFCONF, TAIL(conf));
	conf.ifc_buf = NULL;
	call(SYS_ioctl, fd, SIOCGIFCONF, TAIL(conf));
	call(SYS_ioctl, -1, SIOCGIFCONF, TAIL(conf));
	call(SYS_ioctl, fd, 0x8906, tail(16));
	call(SYS_ioctl, fd, SIOCATMARK, tail(4));
	call(SYS_ioctl, fd, SIOCGPGRP, tail(4));
	call(SYS_ioctl, fd, SIOCSPGRP, tail(4));
	call(SYS_ioctl, fd, 0x541b, tail(4));
	call(SYS_ioctl, fd, 0x5411, tail(4));
}

static void files(void)
{
	struct file_clone_range range = {-1, 0, 4096, 8192};
	struct fstrim_range trim = {0, -1, 4096};
	int fd = open("/proc/self/exe", O_RDONLY), directory = open("/tmp", O_RDONLY);

	call(SYS_ioctl, fd, FS_IOC_GETFLAGS, tail(4));
	call(SYS_ioctl, directory, FS_IOC_GETFLAGS, tail(4));
	call(SYS_ioctl, -1, FS_IOC_SETFLAGS, TAIL((int){0x80030}));
	call(SYS_ioctl, fd, FS_IOC_GETVERSION, tail(4));
	call(SYS_ioctl, fd, FS_IOC_FSGETXATTR, tail(28));
	call(SYS_ioctl, fd, FIGETBSZ, tail(4));
	call(SYS_ioctl, -1, FIBMAP, tail(4));
	call(SYS_ioctl, -1, FICLONE, 5L);
	call(SYS_ioctl, -1, FICLONERANGE, TAIL(range));
	call(SYS_ioctl, -1, FITRIM, TAIL(trim));
	call(SYS_ioctl, -1, FIFREEZE);
	call(SYS_ioctl, -1, FITHAW);
	call(SYS_ioctl, -1, FS_IOC_FIEMAP, tail(32));
	call(SYS_ioctl, fd, FIOQSIZE, tail(8));
	call(SYS_ioctl, -1, BLKGETSIZE, tail(8));
	call(SYS_ioctl, -1, BLKGETSIZE64, tail(8));
	call(SYS_ioctl, -1, BLKSSZGET, tail(4));
	call(SYS_ioctl, -1, BLKROGET, tail(4));
	call(SYS_ioctl, -1, BLKROSET, TAIL((int){1}));
	call(SYS_ioctl, -1, BLKRASET, 128L);
	call(SYS_ioctl, -1, BLKFLSBUF);
	call(SYS_ioctl, -1, BLKDISCARD, TAIL((uint64_t[2]){1, 2}));
	fd = open("/dev/urandom", O_RDONLY);
	call(SYS_ioctl, fd, RNDGETENTCNT, tail(4));
	call(SYS_ioctl, -1, RNDADDTOENTCNT, tail(4));
}

static void unknown(void)
{
	static const unsigned long requests[] = {0,          1,          0xffff,     0x5401,
						 0x80000000, 0xffffffff, 0xdeadbeef, 0x40046601,
						 0xc0ffee00, 0x89f0,     0x8950};

	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		call(SYS_ioctl, -1, requests[i], 0L);
		call(SYS_ioctl, -1, HIGH | requests[i], 0x1234567890L);
	}
}

/* Numbers, pointers to numbers, and requests without an argument, of devices that are not there. */
static void devices(void)
{
	static const unsigned long requests[] = {
		HDIO_GETGEO,        HDIO_GET_DMA,     HDIO_SET_DMA,      LOOP_SET_FD,
		LOOP_CLR_FD,        LOOP_CTL_ADD,     LOOP_CTL_GET_FREE, LOOP_SET_BLOCK_SIZE,
		NBD_SET_SOCK,       NBD_SET_SIZE,     NBD_DO_IT,         RTC_AIE_ON,
		RTC_EPOCH_SET,      WDIOC_SETTIMEOUT, WDIOC_KEEPALIVE,   EVIOCGRAB,
		EVIOCRMFF,          EVIOCSCLOCKID,    BLKSECTGET,        BLKROTATIONAL,
		KDSIGACCEPT,        PIO_FONTRESET,    KVM_CREATE_VCPU,   VIDIOC_S_INPUT,
		BTRFS_IOC_WAIT_SYNC};
	uint32_t number = 4711;

	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		call(SYS_ioctl, -1, requests[i], NULL);
		call(SYS_ioctl, -1, requests[i], NOWHERE);
		call(SYS_ioctl, -1, requests[i], -1L);
	}
	call(SYS_ioctl, -1, EVIOCSCLOCKID, TAIL(number));
	call(SYS_ioctl, -1, WDIOC_SETTIMEOUT, TAIL(number));
}

int main(void)
{
	terminals();
	interfaces();
	files();
	unknown();
	devices();
	return 0;
}
