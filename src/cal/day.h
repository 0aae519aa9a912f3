/*
 * Days as numbers: 0 is 1 January 1970 of the Gregorian calendar, carried on backwards
 * as RFC 5545 does. Free of libc's time functions and of the time zone.
 */
#ifndef CAL_DAY_H
#define CAL_DAY_H

#include <stdint.h>

#define DAY_SECONDS 86400

struct cal_date {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

int64_t cal_day(int year, int month, int day);
struct cal_date cal_date_of(int64_t day);
int cal_month_days(int year, int month); /* 28..31 */
int cal_weekday(int64_t day);            /* 0 = Sunday */

#endif
