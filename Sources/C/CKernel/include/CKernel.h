#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/xattr.h>

// What the C library hides behind variadic functions, or what only a child between fork and exec may do.

/// openat2 that never leaves the folder and follows no symbolic link; -1 and ENOSYS where the kernel is older than 5.6.
int kernel_open_beneath(int folder, const char *path, int flags, unsigned int permissions);

/// The kernel's own open with flags and permissions.
int kernel_open_at(int folder, const char *path, int flags, unsigned int permissions);

/// A pipe whose ends no program inherits.
int kernel_pipe(int ends[2]);

/// write, with an error instead of a signal where nobody reads any more.
ssize_t kernel_write(int descriptor, const void *bytes, size_t count);

/// Calls on the descriptor answer at once from now on.
int kernel_set_nonblocking(int descriptor);

/// A descriptor that stands for one process, whoever gets its number later.
int kernel_process_open(pid_t process);
int kernel_process_signal(int descriptor, int signal);

/// Waits for the child behind the descriptor if it has ended; 1 when it has, 0 when not, -1 on errors.
/// `code` is its exit status or the signal that killed it.
int kernel_process_reap(int descriptor, bool *exited, int *code);

/// How a child is to begin.
struct kernel_child {
    const char *program;
    char *const *arguments;
    char *const *environment;
    const char *folder;
    int input;
    int output;
    int errors;
    bool changes_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
    // Zero: no limit of its own.
    uint64_t memory_bytes;
    uint64_t process_count;
    uint64_t file_bytes;
    uint64_t processor_seconds;
    uint64_t descriptor_count;
};

/// Starts a program in a session and process group of its own, with no descriptor but the three named, no pending or blocked
/// signal, and no way to new privileges. Returns its number and, in `descriptor`, what stands for it; -1 with the errno of
/// whatever failed, be it in the child.
pid_t kernel_spawn(const struct kernel_child *child, int *descriptor);
