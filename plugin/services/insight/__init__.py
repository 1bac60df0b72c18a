"""What was counted, and what may be concluded from it: figures for the merchant."""

from plugin.services.insight.brought import by_campaign as by_campaign
from plugin.services.insight.brought import earned as earned
from plugin.services.insight.counts import Overview as Overview
from plugin.services.insight.counts import Totals as Totals
from plugin.services.insight.counts import WidgetFigures as WidgetFigures
from plugin.services.insight.counts import WidgetTotals as WidgetTotals
from plugin.services.insight.counts import count as count
from plugin.services.insight.counts import count_all as count_all
from plugin.services.insight.counts import day_of as day_of
from plugin.services.insight.counts import overview as overview
from plugin.services.insight.counts import refusals as refusals
from plugin.services.insight.counts import refuse as refuse
from plugin.services.insight.counts import totals as totals
from plugin.services.insight.reading import reading_of as reading_of
from plugin.services.insight.results import ArmSums as ArmSums
from plugin.services.insight.results import CampaignEarned as CampaignEarned
from plugin.services.insight.results import CurveDay as CurveDay
from plugin.services.insight.results import Earned as Earned
from plugin.services.insight.results import ReadArm as ReadArm
from plugin.services.insight.results import Reading as Reading
