// What the kernel offers and Swift's module of the C library leaves out.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Declared by the C library only where _GNU_SOURCE is set before its first header, which a module cannot do for others.
int pthread_setname_np(pthread_t thread, const char *name);

// An event as two plain numbers: the union of the kernel's structure is of no use to Swift.
struct medic_ready {
    uint64_t identifier;
    uint32_t events;
};

static inline int medic_epoll_control(int poll, int operation, int descriptor, uint32_t events, uint64_t identifier) {
    struct epoll_event event = {.events = events, .data = {.u64 = identifier}};
    return epoll_ctl(poll, operation, descriptor, &event);
}

// Nanoseconds below zero wait for ever. The C library's wrapper of this call appeared in version 2.35; the call works with any.
static inline int medic_epoll_wait(int poll, struct medic_ready *ready, int capacity, int64_t nanoseconds) {
    enum { most = 128 };
    struct epoll_event events[most];
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = (int)syscall(SYS_epoll_pwait2, poll, events, capacity < most ? capacity : most,
                             nanoseconds < 0 ? NULL : &timeout, NULL, 0);
    for (int place = 0; place < count; place += 1) {
        ready[place].identifier = events[place].data.u64;
        ready[place].events = events[place].events;
    }
    return count;
}
