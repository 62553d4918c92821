# One image for web, worker and beat: compose.yaml says which. Wheels are pinned and hashed, as on any machine.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/chongfen
COPY requirements/run.txt requirements/
RUN /opt/chongfen/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN /opt/chongfen/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 chongfen && install -d -o chongfen /data
COPY --from=build /opt/chongfen /opt/chongfen
ENV PATH=/opt/chongfen/bin:$PATH CHONGFEN_DATA_DIR=/data PYTHONUNBUFFERED=1
USER chongfen
VOLUME /data
EXPOSE 8765
ENTRYPOINT ["chongfen"]
CMD ["web", "--host", "0.0.0.0"]
