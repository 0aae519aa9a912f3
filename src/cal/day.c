#include <config.h>

#include "cal/day.h"

#include <stdbool.h>

#define DAYS_OF_400_YEARS 146097
#define DAYS_BEFORE_1970 719468 /* since 1 March of the year 0 */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int cal_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years begin in March here, so that the leap day is the last one of its year. */
int64_t cal_day(int year, int month, int day)
{
	const int64_t y = (int64_t)year - (month <= 2);
	const int64_t era = floor_div(y, 400);
	const int64_t year_of_era = y - era * 400;
	const int64_t month_of_year = (month + 9) % 12;
	const int64_t day_of_year = (153 * month_of_year + 2) / 5 + day - 1;

	return era * DAYS_OF_400_YEARS + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - DAYS_BEFORE_1970;
}

struct cal_date cal_date_of(int64_t day)
{
	const int64_t era = floor_div(day + DAYS_BEFORE_1970, DAYS_OF_400_YEARS);
	const int64_t of_era = day + DAYS_BEFORE_1970 - era * DAYS_OF_400_YEARS;
	const int64_t year =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	const int64_t month = (5 * of_year + 2) / 153;

	return (struct cal_date){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
	};
}

int cal_weekday(int64_t day)
{
	return (int)(day - floor_div(day + 4, 7) * 7 + 4);
}
