# Andon with exactly the locked packages, run by a user who owns nothing but its data.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /andon
ENV PATH=/andon/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY storage storage
COPY playbooks playbooks
RUN pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/andon --create-home andon
COPY --from=build /andon /andon
ENV PATH=/andon/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////var/lib/andon/andon.db \
    ANDON_HTTP_HOST=0.0.0.0 \
    ANDON_LOG_FORMAT=json
WORKDIR /var/lib/andon
VOLUME /var/lib/andon
USER andon
EXPOSE 3000
# The admin door stays on loopback inside the container: this looks from inside.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3001/healthz', timeout=3)"]
CMD ["andon", "run"]
