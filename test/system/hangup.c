/* PID 1 that hangs its console up, as systemd does for a getty (TTYVHangup=), and goes on. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define VHANGUP 0x5437 /* TIOCVHANGUP, which some headers leave out */

int main(void) {
  signal(SIGHUP, SIG_IGN);
  int terminal = open("/dev/console", O_RDWR | O_NOCTTY);
  if (ioctl(terminal, VHANGUP)) return 9;
  int again = open("/dev/console", O_RDWR | O_NOCTTY);
  dprintf(again, "still here\n");
  return 7;
}
