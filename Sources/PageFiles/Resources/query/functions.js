// The functions of PromQL with what they take and give, for completion.

export const functions = Object.fromEntries(`
abs(v): absolute value
absent(v): 1 when there is no such series
absent_over_time(r): 1 when the span holds no such sample
acos(v)
acosh(v)
asin(v)
asinh(v)
atan(v)
atanh(v)
avg_over_time(r): mean of each series over the span
ceil(v): rounded up
changes(r): how often the value changed
clamp(v, min, max): kept between two bounds
clamp_max(v, max)
clamp_min(v, min)
cos(v)
cosh(v)
count_over_time(r): how many samples the span holds
day_of_month(v): 1 to 31, in UTC
day_of_week(v): 0 (Sunday) to 6
day_of_year(v): 1 to 366
days_in_month(v): 28 to 31
deg(v): radians to degrees
delta(r): difference of a gauge over the span
deriv(r): slope a second of a gauge
double_exponential_smoothing(r, sf, tf): smoothed value of a gauge
exp(v)
floor(v): rounded down
histogram_avg(v): mean of a native histogram
histogram_count(v)
histogram_fraction(lower, upper, v): share between two bounds
histogram_quantile(q, v): quantile of a histogram's buckets
histogram_stddev(v)
histogram_stdvar(v)
histogram_sum(v)
hour(v): 0 to 23, in UTC
idelta(r): difference of the last two samples
increase(r): growth of a counter over the span
info(v): labels of info series added
irate(r): growth a second by the last two samples
label_join(v, dst, separator, src...): labels joined into one
label_replace(v, dst, replacement, src, regex): a label made from another
last_over_time(r): the newest sample of the span
ln(v)
log10(v)
log2(v)
mad_over_time(r): median absolute deviation
max_over_time(r): greatest value of the span
min_over_time(r): least value of the span
minute(v): 0 to 59
month(v): 1 to 12
pi()
predict_linear(r, seconds): where a gauge will be, by its slope
present_over_time(r): 1 when the span holds any sample
quantile_over_time(q, r): quantile over the span
rad(v): degrees to radians
rate(r): growth a second of a counter
resets(r): how often a counter began anew
round(v, to): to the nearest multiple
scalar(v): the only value as a number
sgn(v): -1, 0 or 1
sin(v)
sinh(v)
sort(v): from small to large
sort_by_label(v, label...)
sort_by_label_desc(v, label...)
sort_desc(v): from large to small
sqrt(v)
stddev_over_time(r)
stdvar_over_time(r)
sum_over_time(r): sum of the samples
tan(v)
tanh(v)
time(): seconds since 1970
timestamp(v): when each sample was taken
vector(s): a number as a vector
year(v)
`.trim().split('\n').map((line) => {
  const [, name, parameters, help = ''] = /^(\w+)\(([^)]*)\)(?:: (.*))?$/.exec(line)
  return [name, {parameters, help}]
}))
