# One image for the web server, the Celery worker, beat and one-off commands.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /
RUN /opt/venv/bin/pip install --no-compile -r /requirements.txt

FROM python:${PYTHON}-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent gatehouse \
    && install -d -o gatehouse -g gatehouse -m 0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    DATA_DIR=/data \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    HOST=0.0.0.0 \
    PORT=8000 \
    WEB_WORKERS=2 \
    WEB_THREADS=8
# The static files are part of the image. Collecting them needs settings that load, not secrets that are used.
RUN python -m compileall -q /app /opt/venv \
    && SECRET_KEY=for-collecting-static-files-while-the-image-is-built-only \
       ENCRYPTION_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
       BASE_URL=https://build.invalid DATABASE_URL=postgres://build.invalid/build REDIS_URL=redis://build.invalid \
       python manage.py collectstatic --noinput --verbosity 0
USER gatehouse
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "config.web"]
