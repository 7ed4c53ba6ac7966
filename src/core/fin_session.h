/* When the market's data cannot change (domain.md, "Upstream"). */

#ifndef FIN_SESSION_H
#define FIN_SESSION_H

#include "fin_types.h"


/*
 * The market said at now (ms UTC) that it is closed, and the last bar is of
 * that date: until when nothing of what it tells can change, ms UTC; 0 where it
 * may change any moment, since the bar of the last session may still come.
 *
 * Sessions, those before and after hours included, begin at 4:00 New York
 * time, Monday to Friday, and their bar counts as complete with the market's
 * word after 16:00; a weekday on which the market is closed between
 * 9:30 and 16:00 is a holiday.  Days to expiration count at midnight, so it is
 * midnight at the latest.
 */
int64_t fin_session_still(int64_t now, fin_date_t last_bar);


#endif
