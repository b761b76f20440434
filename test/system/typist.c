/* Case 47: types into every terminal that it can reach, with TIOCSTI (ioctl_tty(2)). */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void type(int terminal) {
  for (const char *text = "typed-by-a-container\n"; *text; text++)
    if (terminal < 0 || ioctl(terminal, TIOCSTI, text) != 0) return;
}

int main(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++) type(descriptor);
  type(open("/dev/tty", O_RDWR));
  type(open("/dev/console", O_RDWR));
  for (int number = 0; number < 64; number++) {
    char name[32];
    snprintf(name, sizeof name, "/dev/pts/%d", number);
    type(open(name, O_RDWR | O_NOCTTY));
  }
  return 0;
}
