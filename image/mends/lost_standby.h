/* What src/gtm/main/lost_standby.c adds; put into src/include/gtm by the mend "gtm-standby". */
#ifndef LOST_STANDBY_H
#define LOST_STANDBY_H

#include "gtm/libpq-be.h"
#include "gtm/libpq-fe.h"

/* Longer than a pause of a sound standby, shorter than anybody's patience. */
#define SECONDS_FOR_STANDBY			3
#define SECONDS_FOR_STANDBY_TO_COPY	30

extern GTM_Conn *StandbyIfConnected(GTM_Conn *standby);
extern void GiveUpSilentStandby(void);
extern void LimitWaitsFor(Port *port, int seconds);

#endif
