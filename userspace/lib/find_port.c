// SPDX-License-Identifier: GPL-2.0
/* Who listens on a port; see find_port.h. */
#include "lib/find_port.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "lib/find.h"

#define TCP_LISTEN	10	/* not exported by the kernel's headers */

struct search {
	const struct addr *addr;
	uint16_t port;
	uint32_t inode;
	bool found;
};

static bool is_any(const void *byte, size_t len)
{
	static const unsigned char none[16];

	return !memcmp(byte, none, len);
}

/* Takes the listener that prevents listening on the address. */
static int on_socket(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct search *search = data;
	size_t len;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*msg) ||
	    ntohs(msg->id.idiag_sport) != search->port)
		return MNL_CB_OK;
	len = msg->idiag_family == AF_INET ? 4 : 16;
	if (is_any(msg->id.idiag_src, len) ||
	    is_any(search->addr->byte, search->addr->len) ||
	    (len == search->addr->len &&
	     !memcmp(msg->id.idiag_src, search->addr->byte, len))) {
		search->inode = msg->idiag_inode;
		search->found = true;
	}
	return MNL_CB_OK;
}

static void ask(struct mnl_socket *sock, int family, struct search *search)
{
	char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	ssize_t len;
	int ret = MNL_CB_OK;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_states = 1 << TCP_LISTEN;
	req->id.idiag_sport = htons(search->port);
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return;
	while (ret > MNL_CB_STOP) {
		len = mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (len <= 0)
			return;
		ret = mnl_cb_run(buf, len, 0, 0, on_socket, search);
	}
}

static bool find_socket(struct search *search)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_SOCK_DIAG,
						   SOCK_CLOEXEC);

	if (!sock)
		return false;
	if (search->addr->len == 4)
		ask(sock, AF_INET, search);
	/* an IPv6 socket may also accept IPv4 */
	if (!search->found)
		ask(sock, AF_INET6, search);
	mnl_socket_close(sock);
	return search->found;
}

/* Other targets in the kernel: their sockets belong to no process */

static bool each_in(const char *dir, uint16_t port,
		    bool (*func)(uint16_t port, const char *dir,
				 const char *name, char *buf, size_t size),
		    char *buf, size_t size)
{
	struct dirent *entry;
	bool found = false;
	char path[1024];
	DIR *d;

	snprintf(path, sizeof(path), "%s%s", find_root, dir);
	d = opendir(path);
	while (d && !found && (entry = readdir(d)))
		found = entry->d_name[0] != '.' &&
			func(port, dir, entry->d_name, buf, size);
	if (d)
		closedir(d);
	return found;
}

static bool lio_portal(uint16_t port, const char *dir, const char *name,
		       char *buf, size_t size)
{
	const char *colon = strrchr(name, ':');
	unsigned int own;

	(void)dir;
	(void)buf;
	(void)size;
	return colon && sscanf(colon, ":%u", &own) == 1 && own == port;
}

static bool lio_target(uint16_t port, const char *dir, const char *name,
		       char *buf, size_t size)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s/tpgt_1/np", dir, name);
	if (!each_in(path, port, lio_portal, buf, size))
		return false;
	snprintf(buf, size, "LIO target %s", name);
	return true;
}

static bool nvmet_port(uint16_t port, const char *dir, const char *name,
		       char *buf, size_t size)
{
	unsigned int own;
	char text[32];

	if (find_read(text, sizeof(text), "%s/%s/addr_trsvcid", dir, name) ||
	    sscanf(text, "%u", &own) != 1 || own != port)
		return false;
	snprintf(buf, size, "NVMe target port %s", name);
	return true;
}

bool find_listener(const struct addr *addr, uint16_t port, unsigned int ms,
		   char *buf, size_t size)
{
	struct search search = { .addr = addr, .port = port };
	struct stat st = { .st_mode = S_IFSOCK };

	if (find_socket(&search)) {
		st.st_ino = search.inode;
		if (find_process(&st, find_clock() + ms, buf, size))
			return true;
	}
	return each_in("/sys/kernel/config/target/iscsi", port, lio_target,
		       buf, size) ||
	       each_in("/sys/kernel/config/nvmet/ports", port, nvmet_port, buf,
		       size);
}
