// A tracker that also draws popups: PostHog with a survey that asks for an address.
posthog.init("phc_bench", {
  api_host: "/peers/posthog-api",
  persistence: "memory",
  autocapture: false,
  disable_session_recording: true,
});
const open = () =>
  posthog.displaySurvey("bench", { displayType: "popover", ignoreConditions: true, ignoreDelay: true });
document.documentElement.addEventListener("mouseleave", (event) => event.clientY < 20 && open(), {
  once: true,
});
window.peer = { open };
