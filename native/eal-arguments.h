/* Whether EAL takes its arguments, found out before it is too late. */
#pragma once

/** Returns 0, or a positive errno when EAL would refuse its arguments by ending the process; the log says why. */
int eal_try_arguments(int argc, char *const *argv);
