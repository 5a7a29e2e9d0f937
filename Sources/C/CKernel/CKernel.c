#define _GNU_SOURCE
#include "CKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

int kernel_open_beneath(int folder, const char *path, int flags, unsigned int permissions) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = (flags & O_CREAT) ? permissions : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int kernel_open_at(int folder, const char *path, int flags, unsigned int permissions) {
    return openat(folder, path, flags | O_CLOEXEC, (mode_t)permissions);
}

int kernel_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

ssize_t kernel_write(int descriptor, const void *bytes, size_t count) {
    sigset_t pipe, former, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &former);
    ssize_t written = write(descriptor, bytes, count);
    int failure = errno;
    // The signal goes to this thread: taken away here, unless it was waiting before.
    if (written == -1 && failure == EPIPE && !sigismember(&pending, SIGPIPE)) {
        struct timespec none = {0, 0};
        while (sigtimedwait(&pipe, NULL, &none) == -1 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    errno = failure;
    return written;
}

int kernel_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags == -1 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int kernel_process_open(pid_t process) { return pidfd_open(process, 0); }

int kernel_process_signal(int descriptor, int signal) { return pidfd_send_signal(descriptor, signal, NULL, 0); }

int kernel_process_reap(int descriptor, bool *exited, int *code) {
    siginfo_t info = {0};
    while (waitid(P_PIDFD, (id_t)descriptor, &info, WEXITED | WNOHANG) == -1) {
        if (errno != EINTR) return -1;
    }
    if (info.si_pid == 0) return 0;
    *exited = info.si_code == CLD_EXITED;
    *code = info.si_status;
    return 1;
}

static int limit(int kind, uint64_t value) {
    if (value == 0) return 0;
    struct rlimit bounds = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(kind, &bounds);
}

// No descriptor but the three goes to the program. Older kernels than 5.11 know no close_range with this flag.
static void seal_descriptors(void) {
    if (syscall(SYS_close_range, 3U, ~0U, (unsigned)CLOSE_RANGE_CLOEXEC) == 0) return;
    struct rlimit bounds;
    int end = getrlimit(RLIMIT_NOFILE, &bounds) == 0 && bounds.rlim_cur < 65536 ? (int)bounds.rlim_cur : 65536;
    for (int number = 3; number < end; number++) fcntl(number, F_SETFD, FD_CLOEXEC);
}

static int prepare(const struct kernel_child *child) {
    // Away from the numbers that are about to be given anew.
    int input = fcntl(child->input, F_DUPFD_CLOEXEC, 10);
    int output = fcntl(child->output, F_DUPFD_CLOEXEC, 10);
    int errors = fcntl(child->errors, F_DUPFD_CLOEXEC, 10);
    if (input < 0 || output < 0 || errors < 0) return -1;
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) return -1;
    if (limit(RLIMIT_AS, child->memory_bytes) || limit(RLIMIT_FSIZE, child->file_bytes) ||
        limit(RLIMIT_CPU, child->processor_seconds) || limit(RLIMIT_NOFILE, child->descriptor_count)) {
        return -1;
    }
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none)) return -1;
    if (child->changes_user) {
        if (setgroups(child->group_count, child->groups) || setresgid(child->group, child->group, child->group) ||
            setresuid(child->user, child->user, child->user)) {
            return -1;
        }
    }
    // After the change of user, whose processes it counts.
    if (limit(RLIMIT_NPROC, child->process_count)) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    umask(077);
    if (chdir(child->folder ? child->folder : "/")) return -1;
    return 0;
}

static void become(const struct kernel_child *child, int report) {
    setsid();
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    if (prepare(child) == 0) {
        seal_descriptors();
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(child->program, child->arguments, child->environment);
    }
    int reason = errno;
    while (write(report, &reason, sizeof reason) == -1 && errno == EINTR) {}
    _exit(127);
}

pid_t kernel_spawn(const struct kernel_child *child, int *descriptor) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) == -1) return -1;
    // The child writes its reason after the standard descriptors were given anew.
    int high = fcntl(report[1], F_DUPFD_CLOEXEC, 10);
    int failure = errno;
    close(report[1]);
    if (high == -1) {
        close(report[0]);
        errno = failure;
        return -1;
    }
    // A handler of this process must not run in the child before its handlers are reset.
    sigset_t all, former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    pid_t process = fork();
    failure = errno;
    if (process == 0) become(child, high);
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    close(high);
    int reason = 0;
    if (process == -1) {
        reason = failure;
    } else {
        ssize_t count;
        while ((count = read(report[0], &reason, sizeof reason)) == -1 && errno == EINTR) {}
        if (count == 0) {
            *descriptor = pidfd_open(process, 0);
            if (*descriptor == -1) {
                reason = errno;
                kill(process, SIGKILL);
            }
        }
        if (reason != 0) {
            while (waitpid(process, NULL, 0) == -1 && errno == EINTR) {}
        }
    }
    close(report[0]);
    if (reason == 0) return process;
    errno = reason;
    return -1;
}
