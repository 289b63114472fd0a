FROM python:3.13-slim AS packages
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /
RUN pip install --require-hashes -r /requirements.txt

# The checkout stays behind here; only its wheel goes on.
FROM packages AS wheel
COPY . /checkout
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels /checkout

FROM packages
# Nobody's shell, nobody's password; the number is fixed so that volumes keep their owner.
RUN useradd --system --uid 10001 --home-dir /phieu --shell /usr/sbin/nologin phieu \
    && install --directory --owner=phieu --group=phieu --mode=0700 /data /keys
COPY --from=wheel /wheels /wheels
RUN pip install --no-deps --no-index /wheels/*.whl

# Database and keys lie apart: whoever has both can open the urn.
ENV PHIEU_DATA=/data \
    PHIEU_KEY_FILE=/keys/phieu.key
WORKDIR /phieu
USER phieu
VOLUME ["/data", "/keys"]
EXPOSE 8000
CMD ["phieu", "serve", "--host", "0.0.0.0"]
