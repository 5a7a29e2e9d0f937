#ifndef PAGE_FILES_H
#define PAGE_FILES_H

#include <stddef.h>

// The files of medic's web page, put into the program by the compiler: no step of its own, nothing to install, nothing to go stale.
struct medic_page_file {
    // Relative to the folder Resources; ends with a zero.
    const char *path;
    const unsigned char *bytes;
    size_t length;
};

size_t medic_page_file_count(void);
struct medic_page_file medic_page_file_at(size_t place);

#endif
