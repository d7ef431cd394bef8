"""YouTube's watch page as it is served to a client without JavaScript: nearly all of it is data."""

from __future__ import annotations

from crawler.rehearsal.answer import Reply, Request, html_answer, redirect
from crawler.rehearsal.newsroom import missing_page
from crawler.rehearsal.render import render
from crawler.rehearsal.story import Story, story_at


def youtube_page(request: Request) -> Reply:
    """Answer ``/watch?v=`` and ``youtu.be/<id>``; the description is all the text there is."""
    if request.host == "youtu.be":
        return redirect(f"https://www.youtube.com/watch?v={request.path.strip('/')}", 303)
    if request.scheme == "http" or request.host == "youtube.com":
        return redirect(f"https://www.youtube.com{request.target}")
    video = request.query.get("v", "")
    if request.path != "/watch" or not video:
        return missing_page(request)
    url = f"https://www.youtube.com/watch?v={video}"
    story = story_at(url)
    text = render(
        "youtube.html",
        url=url,
        video=video,
        story=story,
        description=description(story),
        player=_player(video, story),
        data=_data(video, story),
    )
    return html_answer(text, headers=(("X-Content-Type-Options", "nosniff"),))


def description(story: Story) -> str:
    """Give the paragraph with the unique word: on a watch page the description is the main text."""
    return next(paragraph for paragraph in story.paragraphs if story.word in paragraph)


def _player(video: str, story: Story) -> dict[str, object]:
    return {
        "playabilityStatus": {"status": "OK"},
        "videoDetails": {
            "videoId": video,
            "title": story.title,
            "lengthSeconds": str(200 + len(story.title)),
            "shortDescription": description(story),
            "author": story.author,
            "isLiveContent": False,
        },
    }


def _data(video: str, story: Story) -> dict[str, object]:
    primary = {
        "title": {"runs": [{"text": story.title}]},
        "dateText": {"simpleText": f"{story.published:%d.%m.%Y}"},
    }
    contents = [{"videoPrimaryInfoRenderer": primary}]
    return {
        "currentVideoEndpoint": {"watchEndpoint": {"videoId": video}},
        "contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": contents}}}},
    }
