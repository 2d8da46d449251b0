"""The made-up station: weather that no instrument measured, in the shape of the Jena climate file.

It stands beside the CSV reader at the bottom of the flow, for whoever has no data yet and for the tests:

    series = simulate(rows=52_560, seed=1)
    write_csv(series, sys.stdout.buffer)

Lows and highs pass with a memory of days and steer the wind; the wind brings warm or cold air, lows bring
cloud; the sun heats what the cloud lets through; the rest follows from p, T, Tdew and wind by physics. So the
last days do foretell tomorrow's temperature: better than "as today", and far from perfectly.
"""

from cmath import exp
from enum import IntEnum
from hashlib import sha256
from itertools import accumulate
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jena_rnn.base.errors import ConfigError
from jena_rnn.series.series import MADE_UP, Floats, Series, Source

COLUMNS: tuple[str, ...] = (
    *("p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "rh (%)"),
    *("VPmax (mbar)", "VPact (mbar)", "VPdef (mbar)", "sh (g/kg)", "H2OC (mmol/mol)"),
    *("rho (g/m**3)", "wv (m/s)", "max. wv (m/s)", "wd (deg)"),
)
ROWS = 420_551  # as many as the real file, 2009 to 2016
MOST_ROWS = 10_000_000  # 190 years; more would fill the memory
START = np.datetime64("2009-01-01T00:00:00", "s")  # ten minutes before the first row
LATITUDE = np.radians(50.9)  # of Jena
SPIN_UP = 30 * 24  # hours simulated before START and dropped, so that the first week is as stormy as others
BLOCK = 10_000  # rows written at a time

Signal = NDArray[Any]  # float64 or complex128
Hours = NDArray[np.int64]  # since START, in the station's time, CET


class _Stream(IntEnum):
    """One random stream for each process, so that none shifts the draws of another."""

    WAVE, WAVE_TURNED, BLOCKING, AIR, PATCH, MOISTURE, CLOUD, EAST, NORTH = range(9)  # hourly
    EDDY_WARM, EDDY_EAST, EDDY_NORTH, GUST = range(9, 13)  # every 10 minutes


class _Weather(NamedTuple):
    """What every column follows from, each `(times,)`, float64 unless noted."""

    pressure: Floats  # mbar
    temperature: Floats  # °C
    dew_point: Floats  # °C, of the air that is brought in; may exceed the temperature by night
    wind: Signal  # m/s, complex128: eastward + 1j * northward


def simulate(rows: int = ROWS, seed: int = 0) -> Series:
    """Return `rows` rows of made-up weather, one every 10 minutes from 2009-01-01 00:10:00.

    Values are rounded to hundredths, as in the file; that also hides how processors differ in the last bit of
    a logarithm. With the same seed, fewer rows are always the beginning of more rows.
    Raises ConfigError for less than one row, or a seed that does not fit in 64 bits.
    """
    if not 1 <= rows <= MOST_ROWS:
        raise ConfigError(f"the made-up station needs at least 1 row and at most {MOST_ROWS:,}, got {rows}")
    if not 0 <= seed < 2**64:
        raise ConfigError(f"the made-up station needs a seed from 0 to 2**64 - 1, got {seed}")
    days = -(-rows // 144)  # whole days, cut at the end
    hours, minutes = np.arange(24 * days + 1), 10 * np.arange(1, 144 * days + 1)
    hourly = _weather(np.arange(-SPIN_UP, 24 * days + 1), seed)
    weather = _Weather(*(np.interp(minutes / 60, hours, quantity[SPIN_UP:]) for quantity in hourly))
    values = np.ascontiguousarray(_measure(weather, seed)[:rows])
    times = START + minutes[:rows].astype("timedelta64[m]")
    digest = sha256(times.astype("<i8").tobytes() + values.astype("<f8").tobytes()).hexdigest()
    note = f"simulated, not measured (rows {rows}, seed {seed})"
    return Series(times, values, COLUMNS, Source(MADE_UP, digest, MADE_UP, made_up=True, notes=(note,)))


def write_csv(series: Series, file: IO[bytes]) -> None:
    r"""Write a simulated series as the Jena file is written, below a line that says what it is.

    `file` takes bytes, so that lines end in `\n` everywhere. Raises ValueError if the series was measured.
    """
    if not series.source.made_up:
        raise ValueError(f"{series.source.name} was measured, and must not be labelled as made up")
    header = ",".join(f'"{name}"' for name in ("Date Time", *series.columns))
    file.write(f"# {MADE_UP}: {series.source.notes[0]}\n{header}\n".encode())
    line = "%s" + ",%.2f" * len(series.columns) + "\n"
    for first in range(0, len(series), BLOCK):
        times = series.times[first : first + BLOCK].tolist()
        values = series.values[first : first + BLOCK].tolist()
        lines = (line % (f"{time:%d.%m.%Y %H:%M:%S}", *row) for time, row in zip(times, values, strict=True))
        file.write("".join(lines).encode())


def saturation_pressure(temperature: Floats) -> Floats:
    """Return the vapour pressure over water in mbar at `temperature` in °C, any shape.

    The formula of Magnus (1844), with those of its published coefficients that give back VPmax and VPact of
    the real file to about 0.01 mbar.
    """
    return 6.1078 * np.exp(17.08085 * temperature / (234.175 + temperature))


def _weather(hour: Hours, seed: int) -> _Weather:
    """Simulate the weather systems hour by hour, each quantity `(hours,)`.

    The constants were tuned until mean, spread, daily range and persistence came near those of Jena.
    """
    noise = {stream: _normal(len(hour), seed, stream) for stream in _Stream if stream < _Stream.EDDY_WARM}
    # A point goes round in the plane, once in ten days. Its real part is the pressure; its imaginary part is
    # largest while the barometer falls, as is the southerly wind in front of a low.
    wave = _follow(_wander(noise[_Stream.WAVE] + 1j * noise[_Stream.WAVE_TURNED], 90, period=240), 6)
    blocking = _follow(_wander(noise[_Stream.BLOCKING], 220), 6)
    squalls = _wander(noise[_Stream.EAST] + 1j * noise[_Stream.NORTH], 10)
    wind = 0.9 + 0.3j - 0.8 * wave.real - 0.4 * blocking + 1.5j * wave.imag + 0.9 * squalls
    moisture = _wander(noise[_Stream.MOISTURE], 40)
    murk = 0.1 - wave.real - 0.7 * blocking + 0.9 * moisture + 1.3 * _wander(noise[_Stream.CLOUD], 8)
    cloud = 1 / (1 + np.exp(-murk))  # 0 clear, 1 overcast

    winter = np.cos(2 * np.pi * (hour / 24 - 25) / 365.2425)  # 1 in late January, -1 in late July
    sun = _sun_height(hour)
    # Southerly wind warms for as long as it blows; wind off the sea warms in winter and cools in summer.
    carried = _follow(3.4 * wave.imag + 1.1 * wind.imag, 36) + 0.8 * winter * (wind.real - 0.9)
    own = 2.2 * _follow(_wander(noise[_Stream.AIR], 40), 6) + 0.5 * _wander(noise[_Stream.PATCH], 6)
    air = (1 + 0.15 * winter) * (carried + own)
    ground = _follow((30 * sun - 8) * (1 - 0.75 * cloud), 6)  # cloud dims the sun and keeps nights mild
    return _Weather(
        pressure=989.2 + (1 + 0.25 * winter) * (6.6 * wave.real + 4.5 * blocking),
        temperature=10.3 - 7.5 * winter + air + ground,
        dew_point=5.6 - 7.2 * winter + 0.75 * air + 2.3 * moisture + 0.35 * ground,
        wind=wind * (0.7 + 1.1 * sun),  # by day the wind aloft is mixed down
    )


def _measure(weather: _Weather, seed: int) -> Floats:
    """Turn weather every 10 minutes into what a station writes, `(rows, 14)`, units as in COLUMNS.

    Potential temperature: Poisson's equation, R/cp = 0.286. Humidities: WMO Guide to Instruments (No. 8),
    annex 4.B; 0.622 is the molar mass of water over that of air. Density: the gas law, R = 287.05 J/(kg K),
    at the virtual temperature T (1 + 0.608 q). Wallace and Hobbs, Atmospheric Science, chapter 3, has all.
    """
    rows = len(weather.pressure)
    p, t = weather.pressure, weather.temperature + 0.3 * _wander(_normal(rows, seed, _Stream.EDDY_WARM), 6)
    # Air cools to its dew point but not below: a soft minimum of the two, always less than T.
    dew_point = t - 0.8 * np.logaddexp(0, (t - weather.dew_point) / 0.8)
    saturated, vapour = saturation_pressure(t), saturation_pressure(dew_point)
    kelvin = t + 273.15
    humidity = 0.622 * vapour / (p - 0.378 * vapour)  # specific, kg/kg
    density = 100 * p / (287.05 * kelvin * (1 + 0.608 * humidity))  # kg/m**3, from 100 Pa to the mbar

    eddies = _normal(rows, seed, _Stream.EDDY_EAST) + 1j * _normal(rows, seed, _Stream.EDDY_NORTH)
    wind = weather.wind + 0.7 * _wander(eddies, 3)
    speed = np.abs(wind) + 0.01  # never quite calm, even when rounded
    gust = 0.2 + speed * (1.25 + 0.6 * _uniform(rows, seed, _Stream.GUST))
    origin = np.round(90 - np.angle(-wind, deg=True), 2) % 360  # whence it blows, clockwise from north

    heat = (p, t, kelvin * (1000 / p) ** 0.286, dew_point, 100 * vapour / saturated)
    water = (saturated, vapour, saturated - vapour, 1000 * humidity, 1000 * vapour / p)
    values: Floats = np.column_stack((*heat, *water, 1000 * density, speed, gust, origin))
    return np.round(values, 2) + 0.0  # + 0.0 makes 0.00 of -0.00


def _sun_height(hour: Hours) -> Floats:
    """Return the sine of the sun's elevation, 0 by night, `(hours,)`.

    Declination after Cooper, Solar Energy 12 (1969). Noon is at 12:15 CET, as Jena lies west of 15° east.
    """
    declination = np.radians(-23.45) * np.cos(2 * np.pi * (hour / 24 + 11) / 365.2425)
    turn = -np.cos(2 * np.pi * (hour - 0.25) / 24)
    height = np.sin(LATITUDE) * np.sin(declination) + np.cos(LATITUDE) * np.cos(declination) * turn
    return np.asarray(np.maximum(height, 0.0), np.float64)


def _wander(noise: Signal, memory: float, period: float = np.inf) -> Signal:
    """Return a process as wide as `noise` that forgets in `memory` steps and, if complex, turns in `period`.

    The Ornstein-Uhlenbeck process, exact at each step (Gillespie, Physical Review E 54, 1996).
    """
    keep = exp(-1 / memory + 2j * np.pi / period)
    return _decay(np.sqrt(1 - abs(keep) ** 2) * noise, keep if np.iscomplexobj(noise) else keep.real)


def _follow(signal: Signal, memory: float) -> Signal:
    """Return what chases `signal`, closing all but 1/e of the distance in `memory` steps."""
    keep = exp(-1 / memory).real
    return _decay((1 - keep) * signal, keep)


def _decay(kicks: Signal, keep: complex) -> Signal:
    """Return `state[k] = keep * state[k - 1] + kicks[k]`, strictly in order: a prefix stays a prefix."""
    # Plain Python numbers, which go one by one ten times as fast as NumPy's.
    return np.array(list(accumulate(kicks.tolist(), lambda state, kick: keep * state + kick)))


def _uniform(count: int, seed: int, stream: int) -> Floats:
    """Return `(count,)` uniform numbers in [0, 1), from raw bits: the same in every NumPy version."""
    raw: NDArray[np.uint64] = np.random.Philox(key=np.array([seed, stream], np.uint64)).random_raw(count)
    return (raw >> 11).astype(np.float64) * 2.0**-53


def _normal(count: int, seed: int, stream: int) -> Floats:
    """Return `(count,)` standard normal numbers (Box and Muller, Ann. Math. Statist. 29, 1958)."""
    pairs = _uniform(2 * count, seed, stream)
    radius: Floats = np.sqrt(-2 * np.log1p(-pairs[::2]))
    return radius * np.cos(2 * np.pi * pairs[1::2])
