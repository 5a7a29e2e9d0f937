// restarter UNIT [FILE]: hears that the unit has failed and asks systemd to restart it, and does nothing else. With a FILE it first
// writes two pages to it and waits for the disk, as whoever wants to know later what it was about to do. It is what Tests/EndToEnd/reaction
// measures medic against.
//
// restarter --watch: prints the time of each new job of systemd, in milliseconds of the monotonic clock, and the unit's name.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

static const char systemd[] = "org.freedesktop.systemd1", path[] = "/org/freedesktop/systemd1",
                  manager[] = "org.freedesktop.systemd1.Manager";
static const char *unit;
static int file = -1;
static int ill;

static int job(sd_bus_message *message, void *data, sd_bus_error *error) {
  (void)data, (void)error;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint32_t number;
  const char *object, *name;
  if (sd_bus_message_read(message, "uos", &number, &object, &name) >= 0)
    printf("%.3f %s\n", now.tv_sec * 1e3 + now.tv_nsec / 1e6, name);
  return 0;
}

static int note(void) {
  static char pages[8192];
  return file < 0 || (write(file, pages, sizeof pages) == sizeof pages && fdatasync(file) == 0);
}

static void hear(sd_bus *bus, const char *state) {
  // The same state is told again with other properties.
  int was_ill = ill;
  ill = strcmp(state, "failed") == 0;
  if (!ill || was_ill || !note()) return;
  sd_bus_call_method_async(bus, NULL, systemd, path, manager, "RestartUnit", NULL, NULL, "ss", unit, "replace");
  sd_bus_flush(bus);
}

static int change(sd_bus_message *message, void *data, sd_bus_error *error) {
  (void)data, (void)error;
  const char *interface, *name, *state;
  if (sd_bus_message_read(message, "s", &interface) < 0 || strcmp(interface, "org.freedesktop.systemd1.Unit") != 0) return 0;
  if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0) return 0;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    if (sd_bus_message_read(message, "s", &name) < 0) return 0;
    if (strcmp(name, "ActiveState") == 0) {
      if (sd_bus_message_read(message, "v", "s", &state) >= 0) hear(sd_bus_message_get_bus(message), state);
      return 0;
    }
    sd_bus_message_skip(message, "v");
    sd_bus_message_exit_container(message);
  }
  return 0;
}

int main(int count, char **words) {
  if (count < 2) return 2;
  unit = words[1];
  if (count > 2 && (file = open(words[2], O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) < 0) return 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  sd_bus *bus;
  char *object;
  if (sd_bus_open_system(&bus) < 0 || sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &object) < 0) return 1;
  if (strcmp(unit, "--watch") == 0)
    sd_bus_match_signal(bus, NULL, systemd, path, manager, "JobNew", job, NULL);
  else
    sd_bus_match_signal(bus, NULL, systemd, object, "org.freedesktop.DBus.Properties", "PropertiesChanged", change, NULL);
  if (sd_bus_call_method(bus, systemd, path, manager, "Subscribe", NULL, NULL, NULL) < 0) return 1;
  printf("ready\n");
  for (int done;;) {
    while ((done = sd_bus_process(bus, NULL)) > 0) {}
    if (done < 0 || sd_bus_wait(bus, UINT64_MAX) < 0) return 1;
  }
}
